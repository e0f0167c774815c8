import { readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import type { RequestListener, ServerResponse } from "node:http";
import { join } from "node:path";
import { AbortedError, ArgumentError, type Docker, StreamError, type TarStream } from "../../../src/index.js";
import { withServer } from "../../helpers/servers.js";
import { bytesOf } from "../../helpers/streams.js";
import { tarOf } from "../../helpers/tar-archive.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";
import { latch } from "../../helpers/waiting.js";

const TAR = tarOf({ "layer.tar": Buffer.alloc(199_000, "layer") });
let folder: string;

useTemporaryFolder((path) => {
  folder = path;
});

const whole: RequestListener = (_, response) => void response.end(TAR);

const exportTar = (docker: Docker, abort?: AbortSignal): Promise<TarStream> =>
  docker.imageGet("alpine:3.20", undefined, { signal: abort });

const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error("it succeeded"),
    (error: Error) => error,
  );

describe("a complete tar", () => {
  test("comes as Buffers", () =>
    withServer(whole, async (docker) => {
      expect((await bytesOf(await exportTar(docker))).equals(TAR)).toBe(true);
    }));

  test("comes as bytes, as a Node stream and as a web stream", () =>
    withServer(whole, async (docker) => {
      expect((await (await exportTar(docker)).bytes()).equals(TAR)).toBe(true);
      expect((await bytesOf((await exportTar(docker)).toNode())).equals(TAR)).toBe(true);
      expect((await bytesOf((await exportTar(docker)).toWeb())).equals(TAR)).toBe(true);
    }));

  test("goes to a file, which replaces an older one", () =>
    withServer(whole, async (docker) => {
      const file = join(folder, "image.tar");
      await writeFile(file, "older");
      const seen: number[] = [];
      expect(await (await exportTar(docker)).toFile(file, { onProgress: (bytes) => seen.push(bytes) })).toBe(
        TAR.length,
      );
      expect((await readFile(file)).equals(TAR)).toBe(true);
      expect(seen.at(-1)).toBe(TAR.length);
      expect(await readdir(folder)).toEqual(["image.tar"]);
    }));

  test("goes to the file that a link names", () =>
    withServer(whole, async (docker) => {
      const [file, link] = [join(folder, "image.tar"), join(folder, "link")];
      await writeFile(file, "older");
      await symlink(file, link);
      await (await exportTar(docker)).toFile(link);
      expect((await stat(file)).size).toBe(TAR.length);
    }));

  test("can be consumed once only", () =>
    withServer(whole, async (docker) => {
      const tar = await exportTar(docker);
      await tar.bytes();
      await expect(tar.bytes()).rejects.toThrow("the stream was already consumed");
      await expect(tar.toFile(join(folder, "image.tar"))).rejects.toThrow("the stream was already consumed");
    }));

  test("may end with JSON that is not an error", () =>
    withServer(
      (_, response) => void response.end(tarOf({ "error.json": '{"error":"in a file"}' })),
      async (docker) => expect((await (await exportTar(docker)).bytes()).length).toBe(2048),
    ));
});

describe("a failure after the 200", () => {
  const begun = (then: (response: ServerResponse) => void, headers = {}): RequestListener => {
    return (_, response) => {
      response.writeHead(200, headers);
      response.write(TAR.subarray(0, 100_000), () => then(response));
    };
  };
  const message = "blob sha256:abc: not found";

  test.each([
    { record: `{"errorDetail":{"message":"${message}"},"error":"${message}"}\r\n` },
    { record: `{"message":"${message}"}\n` },
    { record: `{"error":"${message}"}` },
  ])("an appended $record is a StreamError with its message, and leaves no file", ({ record }) =>
    withServer(
      begun((response) => response.end(record)),
      async (docker) => {
        const error = await failureOf((await exportTar(docker)).toFile(join(folder, "image.tar")));
        expect(error).toBeInstanceOf(StreamError);
        expect(error.message).toBe(`ImageGet failed after it began: ${message}`);
        expect(await readdir(folder)).toEqual([]);
      },
    ),
  );

  test("an appended error that arrives byte by byte is recognised", () =>
    withServer(
      (_, response) => {
        const bytes = [...`{"message":"${message}"}\n`];
        const next = (): void => {
          const byte = bytes.shift();
          if (byte === undefined) response.end();
          else response.write(byte, () => setImmediate(next));
        };
        next();
      },
      async (docker) => {
        await expect((await exportTar(docker)).bytes()).rejects.toThrow(message);
      },
    ));

  test.each([{ form: "chunked" }, { form: "with a length", headers: { "Content-Length": TAR.length } }])(
    "a connection cut in the middle of a body $form is a StreamError, and leaves no file",
    ({ headers }) =>
      withServer(
        begun((response) => response.destroy(), headers),
        async (docker) => {
          const error = await failureOf((await exportTar(docker)).toFile(join(folder, "image.tar")));
          expect(error).toBeInstanceOf(StreamError);
          expect(error.message).toMatch(/^ImageGet: the connection broke after \d+ bytes/);
          expect(await readdir(folder)).toEqual([]);
        },
      ),
  );

  test("a connection cut before anyone reads is kept for the reader", async () => {
    const cut = latch();
    await withServer(
      begun((response) => {
        response.once("close", cut.fire);
        response.destroy();
      }),
      async (docker) => {
        const tar = await exportTar(docker);
        await cut.fired;
        await new Promise((resolve) => setTimeout(resolve, 50));
        await expect(tar.bytes()).rejects.toThrow(StreamError);
      },
    );
  });

  test("an abort in the middle of the body is an AbortedError, closes the connection and leaves no file", async () => {
    const closed = latch();
    const abort = new AbortController();
    await withServer(
      (_, response) => {
        response.once("close", closed.fire);
        response.write(TAR.subarray(0, 100_000));
      },
      async (docker) => {
        const tar = await exportTar(docker, abort.signal);
        const error = await failureOf(
          tar.toFile(join(folder, "image.tar"), { onProgress: () => abort.abort() }),
        );
        expect(error).toBeInstanceOf(AbortedError);
        expect(await readdir(folder)).toEqual([]);
        await closed.fired;
      },
    );
  });

  test("an older file of that name stays as it was", () =>
    withServer(
      begun((response) => response.destroy()),
      async (docker) => {
        const file = join(folder, "image.tar");
        await writeFile(file, "older");
        await expect((await exportTar(docker)).toFile(file)).rejects.toThrow(StreamError);
        expect(await readFile(file, "utf8")).toBe("older");
        expect(await readdir(folder)).toEqual(["image.tar"]);
      },
    ));
});

describe("a path that cannot be written", () => {
  test.each([
    { path: () => folder, problem: "is not a regular file" },
    { path: () => "/dev/null", problem: "is not a regular file" },
    { path: () => join(folder, "missing", "image.tar"), problem: "does not exist" },
    { path: () => undefined as unknown as string, problem: "must name a file, not undefined" },
  ])(
    "is an ArgumentError that says why ($problem), and the connection is closed",
    async ({ path, problem }) => {
      const closed = latch();
      await withServer(
        (_, response) => {
          response.once("close", closed.fire);
          response.write(TAR);
        },
        async (docker) => {
          const error = await failureOf((await exportTar(docker)).toFile(path()));
          expect(error).toBeInstanceOf(ArgumentError);
          expect(error.message).toContain(problem);
          await closed.fired;
        },
      );
    },
  );
});

describe("a reader that stops", () => {
  test.each<{ how: string; stop: (tar: TarStream) => Promise<void> | void }>([
    {
      how: "by leaving the loop",
      stop: async (tar) => {
        for await (const _ of tar) break;
      },
    },
    { how: "by cancel()", stop: (tar) => tar.cancel() },
    {
      how: "by destroying the Node stream",
      stop: async (tar) => {
        const node = tar.toNode();
        await new Promise((resolve) => node.once("readable", resolve));
        node.destroy();
      },
    },
    {
      how: "by cancelling the web stream",
      stop: async (tar) => {
        const reader = tar.toWeb().getReader();
        await reader.read();
        await reader.cancel();
      },
    },
  ])("$how closes the connection", async ({ stop }) => {
    const closed = latch();
    await withServer(
      (_, response) => {
        response.once("close", closed.fire);
        response.write(TAR);
      },
      async (docker) => {
        await stop(await exportTar(docker));
        await closed.fired;
      },
    );
  });

  test("pushes back on the Engine", async () => {
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024);
    await withServer(
      (_, response) => {
        const write = (): void => {
          while (!response.destroyed && sent < 256 << 20) {
            sent += piece.length;
            if (!response.write(piece)) return;
          }
        };
        response.on("drain", write);
        write();
      },
      async (docker) => {
        const tar = await exportTar(docker);
        for await (const _ of tar) {
          await new Promise((resolve) => setTimeout(resolve, 300));
          break;
        }
        expect(sent).toBeLessThan(4 << 20);
      },
    );
  });
});
