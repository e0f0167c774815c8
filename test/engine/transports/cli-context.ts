import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Has the docker CLI itself do something in a configuration folder of its own. */
export async function dockerCli(folder: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder };
  const { stdout } = await promisify(execFile)("docker", args, { env });
  return stdout;
}
