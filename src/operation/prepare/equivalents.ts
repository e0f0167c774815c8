import type { Operation, ResponseKind } from "#generated/operations.js";
import { type Equivalents, NO_CALLBACK } from "../../unknown-option.js";

/** Settings of the request, not the operation; includes dockerode's names. */
export const REQUEST_OPTIONS: Readonly<Record<string, string>> = {
  signal: "{ signal } in the last argument",
  abortSignal: "{ signal } in the last argument",
  timeout: "{ timeout } in the last argument",
  idleTimeout: "{ idleTimeout } in the last argument",
  headers: "{ headers } in the last argument",
};

const LOGIN = '"X-Registry-Auth": { username, password }';
const LOGINS = '"X-Registry-Config": { "registry.example": { username, password } }';
const UPGRADE = { advice: "omit it: a two-way connection is opened by itself" };
const ITERATE = { advice: "iterate over the call: for await (const message of call)" };
const BODY = { advice: "pass the body as an argument of its own" };

/** dockerode's and @docker/node-sdk's names of options. */
const OTHERS: Equivalents = {
  authconfig: LOGIN,
  credentials: LOGIN,
  registryconfig: LOGINS,
  filter: 'filters: { label: ["app=web"] }',
  callback: { advice: NO_CALLBACK },
  _query: { advice: "write its members as options" },
};

const OF_UPGRADED: Equivalents = { hijack: UPGRADE, openStdin: UPGRADE };
const OF_MESSAGES: Equivalents = { followProgress: ITERATE, onProgress: ITERATE, callback: ITERATE };

/** Names that are only useful to operations with answers of a kind. */
const OF_KIND: { readonly [Kind in ResponseKind]?: Equivalents } = {
  hijack: OF_UPGRADED,
  websocket: OF_UPGRADED,
  progress: OF_MESSAGES,
  "json-lines": OF_MESSAGES,
};

/** The options that these stand for: the advice is useless for an operation that lacks one. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  authconfig: "X-Registry-Auth",
  credentials: "X-Registry-Auth",
  registryconfig: "X-Registry-Config",
  filter: "filters",
};

const GRACE = { timeout: "t for the container's grace period in seconds" };

/** Names that mean something else in an operation. */
const OF_OPERATION: Readonly<Record<string, Equivalents>> = {
  ContainerDelete: { volumes: "v: true" },
  ContainerRestart: GRACE,
  ContainerStop: GRACE,
  ExecStart: { stdin: UPGRADE, Detach: "body: { Detach: true }", Tty: "body: { Tty: true }" },
  ImageBuild: { tag: 't: "name:tag"', quiet: "q: true", credentials: LOGINS },
  ImageCommit: { containerConfig: "body" },
};

/** What to write instead of options that an operation lacks. */
export function equivalentsOf({ id, kind, body, query, headers }: Operation): Equivalents {
  const others = Object.entries(OTHERS).filter(([name]) => {
    const option = STANDS_FOR[name];
    return option === undefined || option in query || option in headers;
  });
  return {
    ...REQUEST_OPTIONS,
    ...Object.fromEntries(others),
    ...OF_KIND[kind],
    ...(body === undefined ? {} : { _body: BODY }),
    ...OF_OPERATION[id],
  };
}
