import type { LogFormat } from "../streams/index.js";
import type { EngineResponse } from "../transport/index.js";
import { isOlder } from "./api-version.js";
import type { Failure } from "./result.js";

/** Engines state the format of output from this version on; before, it depends on whether there is a terminal. */
const STATED_SINCE = "1.42";

const FRAMES = "application/vnd.docker.multiplexed-stream";
const RAW = "application/vnd.docker.raw-stream";

/** Whether output has no stated format: the call's version is older, or the newest that the Engine speaks. */
export const isFormatUnstated = (version: string, engine?: string): boolean =>
  isOlder(version, STATED_SINCE) || (engine !== undefined && isOlder(engine, STATED_SINCE));

/** The format an answer states, if any. It is never guessed from the bytes. */
export function statedFormat(response: EngineResponse): LogFormat | undefined {
  const type = response.headers.get("content-type");
  if (type?.startsWith(FRAMES)) return "frames";
  return type?.startsWith(RAW) ? "raw" : undefined;
}

/** The format, depending on whether there is a terminal. `field` is the path to that setting in the inspection's result. */
export function inspectedFormat(inspected: unknown, field: readonly string[]): LogFormat {
  let setting = inspected;
  for (const name of field)
    setting = (setting as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return setting === true ? "raw" : "frames";
}

/** The error of a call whose inspection has failed. */
export class FailedInspection extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}
