import type Dockerode from "./dockerode";

/** Runs a command, pulling its image if missing, and gives its output; undefined if there is none. */
export async function runInContainer(
  { docker }: Dockerode,
  _indexServerAddress: string,
  image: string,
  command: string[],
): Promise<string | undefined> {
  const { stdout, stderr } = await docker.run(image, command, { remove: true });
  return (stdout + stderr).trim() || undefined;
}
