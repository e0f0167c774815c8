import type { Docker, DockerOptions } from "../../src/index.js";
import { withServer } from "../helpers/servers.js";
import { Recording } from "./recording.js";

const real = { Server: "Docker/28.5.2 (linux)", "Api-Version": "1.51", "Content-Type": "application/json" };

/** The exchanges of some calls, which a server answers with the same words. */
async function recorded(
  {
    headers = real,
    body = "",
    status = 200,
  }: { headers?: Record<string, string>; body?: string; status?: number },
  use: (docker: Docker) => Promise<unknown>,
  { engine = "containerd", ...options }: { engine?: string | undefined } & DockerOptions = {},
) {
  const recording = new Recording(() => "the test");
  await withServer(
    (_, response) => void response.writeHead(status, headers).end(body),
    async (docker) => {
      docker.use(recording.hook(engine));
      await use(docker);
    },
    options,
  );
  return recording.exchanges;
}

test("a body is kept as its reader gets it", async () => {
  const body = '{"ID":"a"}';
  expect(await recorded({ body }, (docker) => docker.systemInfo())).toEqual([
    {
      engine: "containerd",
      operation: "SystemInfo",
      status: 200,
      mediaType: "application/json",
      body,
      whole: true,
      test: "the test",
    },
  ]);
});

test("a body is kept as far as it is read", async () => {
  const recording = new Recording(() => "the test");
  await withServer(
    (_, response) => void response.writeHead(200, real).write('{"Type":"image"}\n'),
    async (docker) => {
      docker.use(recording.hook("containerd"));
      for await (const _ of docker.systemEvents()) break;
    },
  );
  expect(recording.exchanges).toMatchObject([{ body: '{"Type":"image"}\n', whole: false }]);
});

test("a failure is kept too", async () => {
  const exchanges = await recorded({ status: 404, body: "{}" }, (docker) => docker.systemInfo().result());
  expect(exchanges).toMatchObject([{ status: 404, body: "{}", whole: true }]);
});

test("a media type is kept without its parameters", async () => {
  const headers = { ...real, "Content-Type": "text/plain; charset=utf-8" };
  expect(await recorded({ headers }, (docker) => docker.systemPing())).toMatchObject([
    { mediaType: "text/plain" },
  ]);
});

test("the bytes of tars and frames are not kept", async () => {
  const type = "application/vnd.docker.raw-stream";
  const exchanges = await recorded(
    { headers: { ...real, "Content-Type": type }, body: "x" },
    async (docker) => (await docker.containerLogs("web", { stdout: true })).text(),
  );
  expect(exchanges).toMatchObject([{ mediaType: type, body: undefined }]);
});

test("an Engine outside this run is recorded as elsewhere", async () => {
  const recording = new Recording(() => "the test");
  await withServer(
    (_, response) => void response.writeHead(200, real).end("{}"),
    async (docker) => {
      docker.use(recording.hook(undefined));
      await docker.systemInfo();
    },
  );
  expect(recording.exchanges).toMatchObject([{ engine: "elsewhere" }]);
});

test.each([
  ["a server that is not an Engine", { Server: "FakeEngine/1.48", "Api-Version": "1.48" }, undefined],
  ["an Engine that does not know our version", { Server: "Docker/26.1", "Api-Version": "1.45" }, undefined],
  ["a call in another version", real, "1.45"],
])("%s is left out", async (_, headers, apiVersion) => {
  const call = (docker: Docker) => docker.systemInfo();
  expect(await recorded({ headers, body: "{}" }, call, { apiVersion })).toEqual([]);
});
