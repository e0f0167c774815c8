/** What users do with the package, without a cast. Compiled only, by compile.ts. */
import { createReadStream } from "node:fs";
import {
  type Call,
  type ContainerCreateRequest,
  type ContainerSpec,
  type ContainerSummary,
  Docker,
  type EngineError,
  type ExecResult,
  imageGet,
  isEngineError,
  type LogStream,
  type Result,
  type ServiceSpec,
} from "docker-engine-sdk";
import { failure, mockEngine, success } from "docker-engine-sdk/testing";
import { Docker as Newer } from "docker-engine-sdk/v1.51";
import { pack } from "tar-stream";

/** Compiles for a type that is not any. */
type Known<T> = 0 extends 1 & T ? never : T;
function known<T>(_: Known<T>): void {}

export async function use(name: string | undefined, signal: AbortSignal | undefined): Promise<void> {
  const docker = new Docker({ host: "unix:///var/run/docker.sock", timeout: undefined });
  const list: ContainerSummary[] = await docker.containerList({ all: true, filters: undefined }, { signal });
  const call: Call<string> = docker.systemPing();
  await call.begun();

  const body: ContainerCreateRequest = { Image: "alpine", Cmd: undefined, HostConfig: { Memory: undefined } };
  const { Id } = await docker.containerCreate(body, { name });
  const result: Result<void> = await docker.containerStart(Id).result();
  if (!result.ok && isEngineError(result.error, 404)) console.log(result.error.message);

  const logs: LogStream = await docker.containerLogs(Id, { stdout: true, since: new Date() });
  known(logs.stdout);
  logs.stdout.setEncoding("utf8").on("data", (text: string) => text.length);
  for await (const { stream, data } of docker.containerLogs(Id, { stdout: true })) known([stream, data]);
  for await (const event of docker.systemEvents({ since: "10m" })) known(event.Actor.Attributes);
  const stats = await docker.containerStats(Id, { stream: false });
  Number(stats.cpu_stats.cpu_usage.total_usage).toFixed();

  const { exitCode, stdout }: ExecResult = await docker.exec(Id, ["cat"], {
    stdin: "text",
    env: { A: undefined },
  });
  known([exitCode, stdout]);
  const attached = await docker.containerAttach(Id, { stream: true, stdin: true });
  known(attached.duplex);
  attached.stdin.end("text");

  const spec: ContainerSpec = { Image: "nginx", Env: undefined };
  const service: ServiceSpec = { Name: "web", TaskTemplate: { ContainerSpec: spec } };
  await docker.serviceCreate(service);
  for (const { Names } of list) Names.map((each) => each.slice(1));

  const image = await imageGet(docker, "alpine", { os: "linux", architecture: "arm64" });
  if (image.ok) known(image.data.toNode());
  else if (image.kind === "errorResponse") image.error satisfies EngineError;
  await docker.close();
}

export async function bodies(docker: Docker, library: NodeJS.ReadableStream, web: Response): Promise<void> {
  const path = "/";
  await docker.putContainerArchive("web", pack(), { path });
  await docker.putContainerArchive("web", library, { path });
  await docker.putContainerArchive("web", createReadStream("site.tar"), { path });
  await docker.putContainerArchive("web", Buffer.from(""), { path });
  if (web.body) await docker.putContainerArchive("web", web.body, { path });
  await docker.imageLoad({ body: new Blob([""]).stream() });
  await docker.load(library);
  await docker.build(pack(), { tags: "app:1" });
  await docker.exec("web", ["cat"], { stdin: library });
}

export async function tests(): Promise<void> {
  const engine = mockEngine();
  engine.on("containerInspect", { id: "web" }).reply(200, { State: { Running: true } });
  const fake: Pick<Docker, "containerInspect" | "containerStop"> = {
    containerInspect: () => success({ Id: "1" }),
    containerStop: () => failure(404, "no such container"),
  };
  await fake.containerInspect("web");
}

export const newer = new Newer();
