import type { Operation } from "#generated/operations.js";
import type { Equivalents } from "../../arguments.js";

/** Settings of the request, not the operation; includes dockerode's names. */
export const REQUEST_OPTIONS: Readonly<Record<string, string>> = {
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
const WITH_GRACE: Equivalents = { ...EQUIVALENTS, timeout: "t for the container's grace period in seconds" };

/** What to write instead of options that an operation lacks. */
export const equivalentsOf = ({ query }: Operation): Equivalents => ("t" in query ? WITH_GRACE : EQUIVALENTS);
