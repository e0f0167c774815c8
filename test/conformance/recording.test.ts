import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import type { Endpoint } from "../../src/config/index.js";
import { EngineRequest } from "../../src/transport/request.js";
import { EngineResponse } from "../../src/transport/response.js";
import { Recording } from "./recording.js";

const endpoint: Endpoint = { kind: "unix", socketPath: "/known.sock" };
const real = ["Server", "Docker/28.5.2 (linux)", "Api-Version", "1.51", "Content-Type", "application/json"];
const request = (url = "/v1.48/info"): EngineRequest =>
  new EngineRequest(url, { method: "GET", wireHeaders: {}, operation: "SystemInfo" });

function record(answer: { status?: number; rawHeaders?: string[]; body?: Readable }) {
  const recording = new Recording(
    (socket) => (socket === "/known.sock" ? "containerd" : undefined),
    () => "the test",
  );
  const { status = 200, rawHeaders = real, body = Readable.from([]) } = answer;
  const ask = recording.of(
    async (_: null, __: Endpoint, wire: EngineRequest) =>
      new EngineResponse({ status, rawHeaders, body }, wire.operation),
  );
  return { recording, ask };
}

test("a body is kept as its reader gets it, whichever way it reads", async () => {
  for (const read of ["text", "iterate"] as const) {
    const { recording, ask } = record({ body: Readable.from([Buffer.from('{"a"'), Buffer.from(":1}")]) });
    const response = await ask(null, endpoint, request());
    const texts: string[] = [];
    if (read === "text") texts.push(await response.text());
    else for await (const chunk of response.body) texts.push(String(chunk));
    expect(texts.join("")).toBe('{"a":1}');
    expect(recording.exchanges).toEqual([
      {
        engine: "containerd",
        operation: "SystemInfo",
        status: 200,
        mediaType: "application/json",
        body: '{"a":1}',
        whole: true,
        test: "the test",
      },
    ]);
  }
});

test("a body is not read on account of the recording", async () => {
  const body = new PassThrough();
  body.write("waiting");
  const { recording, ask } = record({ body });
  await ask(null, endpoint, request());
  await new Promise((resolve) => setImmediate(resolve));
  expect(body.readableFlowing).toBeNull();
  expect(recording.exchanges).toMatchObject([{ body: "", whole: false }]);
  body.resume();
  await once(body, "data");
  expect(recording.exchanges).toMatchObject([{ body: "waiting", whole: false }]);
});

test("a media type is kept without its parameters", async () => {
  const { recording, ask } = record({ rawHeaders: [...real.slice(0, 5), "text/plain; charset=utf-8"] });
  await ask(null, endpoint, request("/_ping"));
  expect(recording.exchanges).toMatchObject([{ mediaType: "text/plain" }]);
});

test("the bytes of tars and frames are not kept", async () => {
  for (const type of ["application/x-tar", "application/vnd.docker.raw-stream"]) {
    const { recording, ask } = record({ rawHeaders: [...real.slice(0, 5), type] });
    await ask(null, endpoint, request());
    expect(recording.exchanges).toMatchObject([{ mediaType: type, body: undefined }]);
  }
});

test("an upgraded connection of an Engine of the run is kept, though it does not say who answered", async () => {
  const { recording, ask } = record({ status: 101, rawHeaders: [] });
  await ask(null, endpoint, request());
  await ask(null, { kind: "unix", socketPath: "/unknown.sock" }, request());
  expect(recording.exchanges).toMatchObject([{ engine: "containerd", status: 101, body: undefined }]);
});

test("an Engine reached in another way is elsewhere", async () => {
  const { recording, ask } = record({});
  await ask(null, { kind: "tcp", hostname: "localhost", port: 1, basePath: "" }, request());
  expect(recording.exchanges).toMatchObject([{ engine: "elsewhere" }]);
});

test.each([
  ["a server that is no Engine", ["Server", "FakeEngine/1.48", "Api-Version", "1.48"], "/v1.48/info"],
  [
    "an Engine that does not know our version",
    ["Server", "Docker/26.1", "Api-Version", "1.45"],
    "/v1.48/info",
  ],
  ["a call in another version", real, "/v1.45/info"],
  ["a call without one", real, "/info"],
])("%s is left out", async (_, rawHeaders, url) => {
  const { recording, ask } = record({ rawHeaders });
  await ask(null, endpoint, request(url));
  expect(recording.exchanges).toEqual([]);
});
