/**
 * What every consumer in consume.ts does with the package: an export, an exec and a mock, and what bundlers find hard, copyIn
 * and a WebSocket. Needs an Engine with busybox:local at DOCKER_HOST.
 */
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker, type ExecResult, isEngineError } from "docker-engine-sdk";
import { mockEngine } from "docker-engine-sdk/testing";

const IMAGE = "busybox:local";

export const EXPECTED = {
  exported: "image.tar, whole",
  executed: "copied in, exit code 3",
  attached: "echoed",
  missing: "an EngineError, 404",
  mocked: "web",
};

export async function use(): Promise<typeof EXPECTED> {
  const docker = new Docker();
  const folder = await mkdtemp(join(tmpdir(), "consumer-"));
  const { Id } = await docker.containerCreate({
    Image: IMAGE,
    Cmd: ["cat"],
    OpenStdin: true,
    HostConfig: { NetworkMode: "none" },
  });
  try {
    await docker.containerStart(Id);
    return {
      exported: await exported(docker, folder),
      executed: await executed(docker, Id, folder),
      attached: await attached(docker, Id),
      missing: await missing(docker),
      mocked: await mocked(),
    };
  } finally {
    await docker.containerDelete(Id, { force: true });
    await docker.close();
    await rm(folder, { recursive: true });
  }
}

async function exported(docker: Docker, folder: string): Promise<string> {
  const file = join(folder, "image.tar");
  const bytes = await (await docker.imageGet(IMAGE)).toFile(file);
  const [name] = await readdir(folder);
  return `${name}, ${(await stat(file)).size === bytes ? "whole" : "cut off"}`;
}

async function executed(docker: Docker, id: string, folder: string): Promise<string> {
  const file = join(folder, "told.txt");
  await writeFile(file, "copied in");
  await docker.copyIn(id, file, "/");
  const { stdout, exitCode }: ExecResult = await docker.exec(id, ["sh", "-c", "cat /told.txt; exit 3"]);
  return `${stdout}, exit code ${exitCode}`;
}

async function missing(docker: Docker): Promise<string> {
  const result = await docker.containerInspect("no-such-container").result();
  return !result.ok && isEngineError(result.error) ? `an EngineError, ${result.error.status}` : "there";
}

async function attached(docker: Docker, id: string): Promise<string> {
  const socket = await docker.containerAttachWebsocket(id, { stream: true, stdin: true, stdout: true });
  socket.stdin.write("echoed\n");
  for await (const { data } of socket) return data.toString().trim();
  return "nothing";
}

async function mocked(): Promise<string> {
  const engine = mockEngine();
  engine.on("containerInspect", { id: "1" }).reply(200, { Name: "web" });
  const docker = new Docker(engine.options);
  const { Name } = await docker.containerInspect("1");
  engine.done();
  await docker.close();
  return Name;
}
