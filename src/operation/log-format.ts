import type { LogFormat } from "../streams/index.js";
import type { EngineResponse } from "../transport/index.js";
import { isOlder } from "./api-version.js";

/** Answers state their format from this version on; before, it depends on whether there is a terminal. */
const STATED_SINCE = "1.42";

/** Whether an Engine of this version does not state the format of its output. */
export const isFormatUnstated = (version: string): boolean => isOlder(version, STATED_SINCE);

/** The format an answer states, if any. It is never guessed from the bytes. */
export function statedFormat(response: EngineResponse): LogFormat | undefined {
  const type = response.headers.get("content-type");
  if (type === null) return undefined;
  return type.startsWith("application/vnd.docker.multiplexed-stream") ? "frames" : "raw";
}

/** The format by whether there is a terminal. `field` is the path to that setting in the inspection's result. */
export function inspectedFormat(inspected: unknown, field: readonly string[]): LogFormat {
  let setting = inspected;
  for (const name of field)
    setting = (setting as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return setting === true ? "raw" : "frames";
}
