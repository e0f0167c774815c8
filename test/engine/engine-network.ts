import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Docker } from "../../src/index.js";
import type { Bench } from "./engine.js";

const root = process.cwd();
const tsx = createRequire(join(root, "package.json")).resolve("tsx");

/**
 * The command that runs another one in the network of an Engine's machine, where its published ports are. The Engines of these
 * tests have networks of their own, and a container of the host's network is in that of its Engine.
 */
export async function networkOf(docker: Docker, atEnd: Bench["atEnd"]): Promise<string[]> {
  const { Id } = await docker.containerCreate({
    Image: "busybox:local",
    Cmd: ["sleep", "600"],
    HostConfig: { NetworkMode: "host", Init: true },
  });
  atEnd(() => docker.containerDelete(Id, { force: true }));
  await docker.containerStart(Id);
  const { State } = await docker.containerInspect(Id);
  return ["nsenter", `--net=/proc/${State.Pid}/ns/net`];
}

/** Runs a program of this folder in the network of an Engine's machine. */
export async function inNetworkOf(
  docker: Docker,
  host: string,
  program: string,
  args: readonly string[],
  atEnd: Bench["atEnd"],
): Promise<{ stdout: string }> {
  const [enter = "", ...network] = await networkOf(docker, atEnd);
  const file = join(root, "test", "engine", "workflows", program);
  const command = [process.execPath, "--import", pathToFileURL(tsx).href, file, ...args];
  const env = { ...process.env, DOCKER_HOST: host, NODE_OPTIONS: "" };
  return promisify(execFile)(enter, [...network, ...command], { cwd: root, env });
}
