export { redactUrl } from "../secrets.js";
