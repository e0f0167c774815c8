/** The services that carry a stream of bytes: the context as a tar, and the result of a build. */
import { createWriteStream } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { BytesMessage } from "../../../../generated/buildkit/session.js";
import type { BinaryBody } from "../../../../generated/schema.js";
import { Code, GrpcError } from "../../../../src/buildkit/grpc/status.js";
import { FileSend } from "../../../../src/buildkit/services/file-send.js";
import { upload } from "../../../../src/buildkit/services/upload.js";
import { ArgumentError, StreamError } from "../../../../src/index.js";
import { ended, framed } from "../../../helpers/grpc-client.js";
import { type GrpcSession, grpcSession } from "../../../helpers/grpc-session.js";
import { bytesOf } from "../../../helpers/streams.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";

const bytesIn = (messages: readonly BytesMessage[]): Buffer =>
  Buffer.concat(messages.map(({ data }) => data));

describe("a tar", () => {
  const pull = async ({ engine }: GrpcSession, path = "/name") =>
    ended(
      engine.open("/moby.upload.v1.Upload/Pull", { urlpath: path, urlhost: "buildkit-session" }),
      BytesMessage,
    );

  const large = Buffer.alloc(1_000_000, "tar");

  test.each<{ what: string; tar: () => BinaryBody }>([
    { what: "bytes", tar: () => large },
    { what: "a stream", tar: () => Readable.from([large.subarray(0, 10), large.subarray(10)]) },
    { what: "a web stream", tar: () => new Blob([large]).stream() as BinaryBody },
  ])("of $what is sent in pieces", async ({ tar }) => {
    await using session = grpcSession(upload("name", tar()));
    const { messages, status } = await pull(session);
    expect(status).toBe(Code.OK);
    expect(bytesIn(messages).equals(large)).toBe(true);
    expect(Math.max(...messages.map(({ data }) => data.length))).toBe(64 * 1024);
  });

  test("is sent once", async () => {
    await using session = grpcSession(upload("name", Buffer.from("tar")));
    expect((await pull(session)).status).toBe(Code.OK);
    expect(await pull(session)).toMatchObject({ status: Code.FAILED_PRECONDITION, messages: [] });
    expect(session.failures).toEqual([]);
  });

  test("is sent to nobody who does not know its name", async () => {
    await using session = grpcSession(upload("name", Buffer.from("tar")));
    expect(await pull(session, "/other")).toMatchObject({ status: Code.NOT_FOUND, messages: [] });
    expect((await pull(session)).status).toBe(Code.OK);
  });

  test("that fails while it is read ends the build with the reason", async () => {
    const reason = new Error("the disk is gone");
    const tar = (async function* () {
      yield Buffer.from("so far");
      throw reason;
    })();
    await using session = grpcSession(upload("name", tar));
    expect((await pull(session)).status).toBe(Code.INTERNAL);
    expect(session.failures).toEqual([expect.any(ArgumentError)]);
    expect((session.failures[0] as Error).cause).toBe(reason);
  });

  test("that is found to be no tar ends the build with what was found", async () => {
    const found = new ArgumentError("build: the tar is empty");
    const tar = new Readable({ read: () => tar.destroy(found) });
    await using session = grpcSession(upload("name", tar));
    await pull(session);
    expect(session.failures).toEqual([found]);
  });

  test("is read no faster than it is taken", async () => {
    let read = 0;
    const tar = (async function* () {
      for (; read < 500; read += 1) yield Buffer.alloc(64 * 1024);
    })();
    await using session = grpcSession(upload("name", tar));
    const stream = session.engine.open("/moby.upload.v1.Upload/Pull", { urlpath: "/name" });
    await sleep(100);
    expect(read).toBeLessThan(100);
    expect((await ended(stream, BytesMessage)).messages).toHaveLength(500);
  });
});

describe("the result", () => {
  let folder: string;
  useTemporaryFolder((path) => {
    folder = path;
  });
  const words = Array.from({ length: 100 }, (_, i) => `piece ${i}\n`);

  const open = ({ engine }: GrpcSession) => engine.open("/moby.filesync.v1.FileSend/DiffCopy");
  const send = async (session: GrpcSession) => {
    const stream = open(session);
    for (const word of words) stream.write(framed(BytesMessage.encode({ data: Buffer.from(word) })));
    stream.end();
    return ended(stream, BytesMessage);
  };

  test("goes to a file, which is there when the Engine hears of it", async () => {
    const result = new FileSend({ file: join(folder, "out.tar") });
    await using session = grpcSession(result.methods);
    expect((await send(session)).status).toBe(Code.OK);
    expect(await readFile(join(folder, "out.tar"), "utf8")).toBe(words.join(""));
    await result.taken();
    expect(await readdir(folder)).toEqual(["out.tar"]);
  });

  test("is a StreamError where the stream fails or is closed", async () => {
    const reason = new Error("the disk is full");
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(reason) });
    const closing = new Writable({ write: () => closing.destroy() });
    for (const [stream, message, cause] of [
      [failing, "build: the output cannot be written: the disk is full", reason],
      [closing, "build: the stream that receives the output was closed", undefined],
    ] as const) {
      const result = new FileSend({ stream });
      await using session = grpcSession(result.methods);
      expect((await send(session)).status).toBe(Code.INTERNAL);
      expect(session.failures).toEqual([expect.any(StreamError)]);
      const [failure] = session.failures as Error[];
      expect(failure).toMatchObject({ message });
      expect(failure?.cause).toBe(cause);
    }
  });

  test("goes to a stream, which is ended", async () => {
    const stream = createWriteStream(join(folder, "out"));
    const result = new FileSend({ stream });
    await using session = grpcSession(result.methods);
    expect((await send(session)).status).toBe(Code.OK);
    expect(stream.writableFinished).toBe(true);
    expect(await readFile(join(folder, "out"), "utf8")).toBe(words.join(""));
  });

  test("goes to a function that unpacks it", async () => {
    let got = "";
    const result = new FileSend({
      unpack: async (tar) => {
        got = (await bytesOf(tar)).toString();
      },
    });
    await using session = grpcSession(result.methods);
    await send(session);
    expect(got).toBe(words.join(""));
  });

  test("is taken once", async () => {
    const result = new FileSend({ file: join(folder, "out") });
    await using session = grpcSession(result.methods);
    await send(session);
    expect((await send(session)).status).toBe(Code.FAILED_PRECONDITION);
    expect(session.failures).toEqual([]);
  });

  test("that does not come is an error", async () => {
    await expect(new FileSend({ file: join(folder, "out") }).taken()).rejects.toThrow(
      new StreamError("build: the build ended, but the Engine sent no result"),
    );
  });

  test("that breaks off is an error of the build", async () => {
    const result = new FileSend({ file: join(folder, "broken") });
    const cut = async function* (): AsyncGenerator<Buffer, void, undefined> {
      yield Buffer.alloc(0);
      throw new GrpcError(Code.CANCELLED, "the call was cancelled");
    };
    const [method] = Object.values(result.methods);
    const call = { requests: cut(), respond: async () => undefined, metadata: {} as never };
    await method?.({ ...call, signal: new AbortController().signal }).catch(() => undefined);
    const error = await result.taken().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StreamError);
    expect((error as Error).message).toBe("build: the Engine did not send all of the result");
  });

  test("that breaks off leaves nothing behind, and the old file as it was", async () => {
    await writeFile(join(folder, "out"), "old");
    const result = new FileSend({ file: join(folder, "out") });
    const session = grpcSession(result.methods);
    open(session).write(framed(BytesMessage.encode({ data: Buffer.from("half") })));
    await sleep(50);
    await session[Symbol.asyncDispose]();
    await expect(result.taken()).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["out"]);
    expect(await readFile(join(folder, "out"), "utf8")).toBe("old");
    expect(session.failures).toEqual([]);
  });

  test("for a folder that is not there names that folder", async () => {
    const file = join(folder, "missing", "out");
    await using session = grpcSession(new FileSend({ file }).methods);
    await send(session);
    expect(session.failures).toEqual([
      new ArgumentError(`build: the folder ${join(folder, "missing")} does not exist`),
    ]);
  });
});
