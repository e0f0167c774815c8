import type { Logins } from "../../logins/index.js";
import type { EngineClient } from "../engine-client.js";
import type { LaunchOptions } from "./launch.js";
import type { ContainerProcess, ExecProcess } from "./process.js";
import type { SpawnOptions } from "./spawn.js";

/** Starts a command in a running container; see `docker.spawn`. Its code, like launch's, is loaded when first used. */
export async function spawn(
  docker: EngineClient,
  container: string,
  cmd: readonly string[],
  options?: SpawnOptions,
): Promise<ExecProcess> {
  const { spawnProcess } = await import("./spawn.js");
  return spawnProcess(docker, container, cmd, options);
}

/** Starts a command in a new container; see `docker.launch`. */
export async function launch(
  docker: EngineClient,
  logins: Logins,
  image: string,
  cmd?: readonly string[],
  options?: LaunchOptions,
): Promise<ContainerProcess> {
  const { launchProcess } = await import("./launch.js");
  return launchProcess(docker, logins, image, cmd, options);
}
