export { describeEndpoint, type Endpoint, parseHost } from "./endpoint.js";
export { type LookupInput, lookupEndpoint } from "./lookup.js";
