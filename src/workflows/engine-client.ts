import type { Client } from "../../generated/client.js";

/** What the workflows are made of: the operations of one Engine. */
export type EngineClient = Client;
