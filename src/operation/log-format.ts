import type { LogFormat } from "../streams/index.js";
import type { EngineResponse } from "../transport/index.js";
import { isOlder } from "./api-version.js";

/** From this version on an answer states its format; before, only the terminal's setting tells it. */
const STATED_SINCE = "1.42";

/** Whether an Engine of this version leaves the format of its output to be found out. */
export const isFormatUnstated = (version: string): boolean => isOlder(version, STATED_SINCE);

/** The format that an answer states, if it states one. The Engine is asked, never the bytes. */
export function statedFormat(response: EngineResponse): LogFormat | undefined {
  const type = response.headers.get("content-type");
  if (type === null) return undefined;
  return type.startsWith("application/vnd.docker.multiplexed-stream") ? "frames" : "raw";
}

/** The format of what has a terminal, or has none. `field` leads to that setting in what an inspection gave. */
export function inspectedFormat(inspected: unknown, field: readonly string[]): LogFormat {
  let setting = inspected;
  for (const name of field)
    setting = (setting as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return setting === true ? "raw" : "frames";
}
