import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ReadableStream } from "node:stream/web";
import { pack } from "tar-stream";
import { type BinaryBody, Docker } from "../../../src/index.js";

let server: Server;
let docker: Docker;
let received: Buffer;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    received = await buffer(request);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  docker = new Docker({
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiVersion: "1.48",
  });
});
afterAll(async () => {
  await docker.close();
  await new Promise((resolve) => server.close(resolve));
});

const text = "Grüße";
const bytes = Buffer.from(text);

const ended = (stream: PassThrough): PassThrough => {
  stream.end(bytes);
  return stream;
};
const webStream = <Chunk>(...chunks: Chunk[]): ReadableStream<Chunk> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
async function* pieces<Chunk>(...chunks: Chunk[]): AsyncGenerator<Chunk> {
  yield* chunks;
}

// What is given here as a BinaryBody needs no cast: the types are part of the test.
test.each<{ title: string; body: () => BinaryBody; want?: Buffer }>([
  { title: "a Buffer", body: () => bytes },
  { title: "a Uint8Array", body: () => new Uint8Array(bytes) },
  { title: "a Node stream", body: () => ended(new PassThrough()) },
  { title: "a stream as libraries type it", body: () => ended(new PassThrough()) as NodeJS.ReadableStream },
  { title: "a stream of text", body: () => ended(new PassThrough()).setEncoding("utf8") },
  { title: "a stream of objects", body: () => Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]) },
  { title: "a stream of strings", body: () => Readable.from(["Grü", "ße"]) },
  { title: "a generator of bytes", body: () => pieces(bytes) },
  { title: "a generator of text", body: () => pieces("Grü", "ße") },
  { title: "a generator of both", body: () => pieces<string | Buffer>("Grü", Buffer.from("ße")) },
  { title: "a web stream of bytes", body: () => webStream(new Uint8Array(bytes)) },
  { title: "a web stream of text", body: () => webStream("Grü", "ße") },
  { title: "a Blob's stream", body: () => new Blob([text]).stream() },
  { title: "a fetched body", body: () => new Response(text).body ?? bytes },
])("the Engine receives $title, byte by byte", async ({ body }) => {
  await docker.putContainerArchive("web", body(), { path: "/" });
  expect(received).toEqual(bytes);
  await docker.imageLoad({ body: body() });
  expect(received).toEqual(bytes);
});

test("tar-stream's pack is a body as it is", async () => {
  const tar = pack();
  tar.entry({ name: "greeting" }, text);
  tar.finalize();
  await docker.putContainerArchive("web", tar, { path: "/" });
  expect(received.includes(bytes)).toBe(true);
  expect(received.length % 512).toBe(0);
});
