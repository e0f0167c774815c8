import type { Client } from "../../generated/client.js";
import type { DockerReturns } from "../operation/index.js";

/** What the workflows are made of: the operations of one Engine. */
export type EngineClient = Client<DockerReturns>;
