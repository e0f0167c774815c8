import type { OpenApi } from "../openapi.js";
import type { Declaration, Difference } from "./declaration.js";

/** All that a version declares, module by module. */
export interface Model {
  readonly api: string;
  readonly document: OpenApi;
  readonly schemas: readonly Declaration[];
  readonly options: readonly Declaration[];
  readonly operationTypes: readonly Declaration[];
  readonly operations: readonly Declaration[];
  readonly methods: readonly Declaration[];
}

/** The version that another one builds on, and where its files are, seen from those of the other. */
export interface Neighbor {
  readonly model: Model;
  readonly path: string;
}

/** What a version has in another form than the one it builds on: its files hold this, and pass on the rest. */
export interface Base {
  readonly api: string;
  readonly path: string;
  readonly schemas: Difference;
  readonly options: Difference;
  readonly operationTypes: Difference;
  readonly operations: Difference;
  readonly methods: Difference;
}
