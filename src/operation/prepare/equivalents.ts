import type { Operation } from "../../../generated/operations.js";
import type { Equivalents } from "../../arguments.js";

/** What belongs to the request instead of the operation; the names that dockerode has for it too. */
export const REQUEST_OPTIONS: Equivalents = {
  signal: "{ signal } in the last argument",
  abortSignal: "{ signal } in the last argument",
  timeout: "{ timeout } in the last argument",
  idleTimeout: "{ idleTimeout } in the last argument",
  headers: "{ headers } in the last argument",
};

const OTHERS: Equivalents = {
  authconfig: '"X-Registry-Auth": { username, password }',
  registryconfig: '"X-Registry-Config": { "registry.example": { username, password } }',
  filter: 'filters: { label: ["app=web"] }',
};

const EQUIVALENTS: Equivalents = { ...REQUEST_OPTIONS, ...OTHERS };
const WITH_GRACE: Equivalents = { ...EQUIVALENTS, timeout: "t for the seconds that the container gets" };

/** What to write in place of options that an operation does not have. */
export const equivalentsOf = ({ query }: Operation): Equivalents => ("t" in query ? WITH_GRACE : EQUIVALENTS);
