import type { CallArguments, Client } from "../../generated/client.js";
import type { Operation } from "../../generated/operations.js";
import type { LogFormat } from "../streams/index.js";
import type { EngineResponse } from "../transport/index.js";
import { isOlder } from "./api-version.js";
import type { DockerReturns } from "./returns.js";

/** From this version on the content type tells the format; before, only the container's settings do. */
const TOLD_SINCE = "1.42";

/** The format that an answer states. The Engine is asked, never the bytes. */
export function statedFormat(response: EngineResponse): LogFormat {
  const type = response.headers.get("content-type");
  return type?.startsWith("application/vnd.docker.multiplexed-stream") ? "frames" : "raw";
}

type Inspector = Pick<
  Client<DockerReturns>,
  "containerInspect" | "execInspect" | "serviceInspect" | "taskInspect"
>;

/** Whether what an operation reads of has a terminal. */
const terminals: Readonly<Record<string, (docker: Inspector, id: string) => Promise<boolean | undefined>>> = {
  ContainerLogs: ofContainer,
  ContainerAttach: ofContainer,
  ExecStart: async (docker, id) => (await docker.execInspect(id)).ProcessConfig?.tty,
  ServiceLogs: async (docker, id) => (await docker.serviceInspect(id)).Spec?.TaskTemplate?.ContainerSpec?.TTY,
  TaskLogs: async (docker, id) => (await docker.taskInspect(id)).Spec?.ContainerSpec?.TTY,
};

async function ofContainer(docker: Inspector, id: string): Promise<boolean | undefined> {
  return (await docker.containerInspect(id)).Config?.Tty;
}

/** The format to expect of an Engine too old to state it, found by asking for the terminal; else undefined. */
export async function inspectedFormat(
  docker: Inspector,
  operation: Operation,
  { path }: CallArguments,
  version: string,
): Promise<LogFormat | undefined> {
  const hasTerminal = terminals[operation.id];
  if (!hasTerminal || !isOlder(version, TOLD_SINCE)) return undefined;
  return (await hasTerminal(docker, path?.id ?? "")) ? "raw" : "frames";
}
