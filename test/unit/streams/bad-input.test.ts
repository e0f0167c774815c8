import { PassThrough } from "node:stream";
import { ArgumentError } from "../../../src/index.js";
import { LogStream } from "../../../src/streams/log-stream.js";
import { TarStream } from "../../../src/streams/tar-stream.js";
import { collect } from "../../helpers/streams.js";

const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error("locked");
    },
    has: () => true,
    ownKeys: () => ["limit"],
  },
);

type Attempt = (body: PassThrough, bad: never) => Promise<unknown>;

const logs = (body: PassThrough): LogStream => new LogStream(body, "ContainerLogs", "raw");
const tar = (body: PassThrough): TarStream => new TarStream(body, "ImageGet");
const text: Attempt = async (body, bad) => logs(body).text(bad);
const lines: Attempt = async (body, bad) => collect(logs(body).lines(bad));
const pipe: Attempt = async (body, bad) => logs(body).pipe(bad);
const pipeStderr: Attempt = async (body, bad) => logs(body).pipe(undefined, bad);
const toFile: Attempt = async (body, bad) => tar(body).toFile(bad);
const toFileWith: Attempt = async (body, bad) => tar(body).toFile("/no/such/folder/a.tar", bad);

const attempts: [string, Attempt, readonly unknown[]][] = [
  ["text", text, [null, "5", { limit: "5" }, { limit: Number.NaN }, { limit: -1 }, { limt: 5 }, hostile]],
  ["lines", lines, [null, "5", { limit: "5" }, { limit: Number.NaN }, { limit: 0 }, hostile]],
  ["pipe", pipe, [null, "out.log", 5, {}, hostile]],
  ["pipe's stderr", pipeStderr, [null, "err.log", hostile]],
  ["toFile", toFile, [undefined, null, 5, "", "a\0b", {}, hostile]],
  ["toFile's options", toFileWith, [null, "x", { onProgress: 5 }, hostile]],
];

test.each(attempts)(
  "what %s cannot use is an ArgumentError, and closes the connection",
  async (_, attempt, bad) => {
    for (const value of bad) {
      const body = new PassThrough();
      await expect(attempt(body, value as never)).rejects.toThrow(ArgumentError);
      expect(body.destroyed).toBe(true);
    }
  },
);
