import { execFileSync } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ArgumentError, Docker, type TarFile, tarOf } from "../../../../src/index.js";

const listed = (tar: Buffer): string[] =>
  String(execFileSync("tar", ["-tv", "--numeric-owner", "--full-time", "--utc"], { input: tar }))
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +/g, " "));

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: Error) => error,
  );

describe("tarOf", () => {
  const files = (): TarFile[] => [
    { path: "text", content: "ünï\n" },
    { path: "./a//b/./bytes", content: new Uint8Array([0, 255]), mode: 0o4755, uid: 3_000_000, gid: 7 },
    { path: "folder/" },
    { path: "link", link: "../any where" },
    { path: "empty", mtime: new Date("2001-02-03T04:05:06Z") },
    { path: "stream", content: Readable.from(["str", Buffer.from("eam")]), size: 6, mtime: 1 },
    { path: `${"ü".repeat(120)}/${"n".repeat(255)}`, content: "long" },
  ];

  test("packs files, folders and links as tar reads them", async () => {
    const tar = await buffer(tarOf(files()));
    const lines = listed(tar);
    expect(lines.slice(0, 6)).toEqual([
      "-rw-r--r-- 0/0 6 1970-01-01 00:00:00 text",
      "-rwsr-xr-x 3000000/7 2 1970-01-01 00:00:00 a/b/bytes",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 folder/",
      "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 link -> ../any where",
      "-rw-r--r-- 0/0 0 2001-02-03 04:05:06 empty",
      "-rw-r--r-- 0/0 6 1970-01-01 00:00:01 stream",
    ]);
    expect(lines[6]).toMatch(/\/n{255}$/);
    const content = (name: string) => execFileSync("tar", ["-xO", name], { input: tar });
    expect([String(content("text")), [...content("a/b/bytes")], String(content("stream"))]).toEqual([
      "ünï\n",
      [0, 255],
      "stream",
    ]);
  });

  test("gives the same bytes for the same files, however they come", async () => {
    const one = await buffer(tarOf(files()));
    const other = await buffer(
      tarOf(
        (async function* () {
          yield* files();
        })(),
      ),
    );
    expect(other.equals(one)).toBe(true);
    expect((await buffer(tarOf([]))).equals(Buffer.alloc(1024))).toBe(true);
  });

  test("hands over large content, and leaves it as it is", async () => {
    const large = Buffer.alloc(3_000_001, "x");
    const tar = await buffer(
      tarOf([
        { path: "large", content: large },
        { path: "after", content: "y" },
      ]),
    );
    expect(execFileSync("tar", ["-xO", "large"], { input: tar, maxBuffer: 1e7 }).equals(large)).toBe(true);
    expect(String(execFileSync("tar", ["-xO", "after"], { input: tar }))).toBe("y");
  });

  const stream = () => new PassThrough();
  test.each<{ files: unknown; says: string }>([
    { files: undefined, says: "the files must be a list such as [{ path, content }], not undefined" },
    { files: "a", says: "the files must be a list such as [{ path, content }], not a string" },
    { files: Buffer.from("a"), says: "the files must be a list such as [{ path, content }], not a Buffer" },
    { files: { path: "a" }, says: "the files must be a list such as [{ path, content }], not an object" },
    { files: ["a"], says: "each file must be an object with a path, not a string" },
    { files: [{ path: 5 }], says: "the path of a file must be a string, not 5" },
    { files: [{ name: "a" }], says: "each file needs a path, as in { path: " },
    { files: [{ path: "" }], says: '"" is empty; name a file' },
    {
      files: [{ path: "/etc/x" }],
      says: '"/etc/x" is an absolute path; leave out the slash at its beginning',
    },
    { files: [{ path: "a/../../x" }], says: '"a/../../x" has the segment ".."; name the place itself' },
    { files: [{ path: "a\0b" }], says: '"a\\u0000b" contains a zero byte' },
    { files: [{ path: "a\ud800" }], says: "is not valid Unicode" },
    { files: [{ path: "./" }], says: '"./" names only the folder that the files go into' },
    { files: [{ path: "ü".repeat(128) }], says: "has a name of more than 255 bytes, which no file can have" },
    { files: [{ path: "a" }, { path: "./a" }], says: '"./a" occurs twice' },
    { files: [{ path: "a/" }, { path: "a" }], says: '"a" occurs twice' },
    { files: [{ path: "a" }, { path: "a/b" }], says: '"a/b" is below "a", which is not a folder' },
    { files: [{ path: "a", link: "b" }, { path: "a/b" }], says: '"a/b" is below "a", which is not a folder' },
    { files: [{ path: "a/b" }, { path: "a" }], says: '"a" is not a folder, but others are below it' },
    {
      files: [{ path: "a/", content: "x" }],
      says: '"a/" is a folder, by the slash at its end, and cannot have content',
    },
    { files: [{ path: "a", link: "b", content: "x" }], says: '"a" is a link and cannot have content' },
    { files: [{ path: "a/", link: "b" }], says: '"a/" is a link; leave out the slash at its end' },
    { files: [{ path: "a", link: "" }], says: '"a" must have a path as its link, not ""' },
    {
      files: [{ path: "a", body: "x" }],
      says: '"a" has an unknown member body. Known members: path, content,',
    },
    {
      files: [{ path: "a", content: { b: 1 } }],
      says: '"a" must have text, bytes or a stream as content, not an object; write JSON',
    },
    { files: [{ path: "a", content: Promise.resolve("x") }], says: "not a Promise (await it first)" },
    { files: [{ path: "a", content: stream() }], says: '"a" has a stream as content and needs its size' },
    {
      files: [{ path: "a", content: stream(), size: -1 }],
      says: '"a" must have an integer from 0 to 9007199254740991 as its size, not -1',
    },
    { files: [{ path: "a", content: "ü", size: 1 }], says: '"a" has 2 bytes, not the size 1' },
    {
      files: [{ path: "a", mode: "755" }],
      says: '"a" must have an integer from 0 to 0o7777 as its mode, not "755"',
    },
    {
      files: [{ path: "a", mode: 0o100644 }],
      says: '"a" must have an integer from 0 to 0o7777 as its mode, not 33188',
    },
    {
      files: [{ path: "a", uid: -1 }],
      says: '"a" must have an integer from 0 to 4294967294 as its uid, not -1',
    },
    {
      files: [{ path: "a", mtime: "now" }],
      says: '"a" must have a Date or seconds since 1970 as its mtime, not "now"',
    },
    { files: [{ path: "a", mtime: new Date("x") }], says: "as its mtime, not an invalid Date" },
  ])("refuses at once: $says", ({ files, says }) => {
    const act = () => tarOf(files as TarFile[]);
    expect(act).toThrow(ArgumentError);
    expect(act).toThrow(says);
    expect(act).toThrow(/^tarOf: /);
  });

  test.each([
    ["shorter", 4, "has 3 bytes, not its size of 4"],
    ["longer", 2, "is longer than its size of 2 bytes"],
  ])("fails for content that is %s than stated", async (_, size, says) => {
    const error = await rejection(buffer(tarOf([{ path: "a", content: Readable.from(["abc"]), size }])));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(`tarOf: the content of "a" ${says}`);
  });

  test("fails with the reason for content that fails, and for files that do", async () => {
    const broken = new PassThrough();
    broken.destroy(new Error("disk on fire"));
    const error = await rejection(buffer(tarOf([{ path: "a", content: broken, size: 4 }])));
    expect(error.message).toBe('tarOf: the content of "a" cannot be read: disk on fire');
    const lazily = (async function* () {
      yield { path: "a" };
      yield { path: "../b" };
    })();
    expect(await rejection(buffer(tarOf(lazily)))).toBeInstanceOf(ArgumentError);
  });

  test("closes every stream: refused, unread, failed, or read", async () => {
    const [refused, unread, later, read] = [stream(), stream(), stream(), stream()];
    expect(() => tarOf([{ path: "a", content: refused, size: 1 }, { path: "" }])).toThrow(ArgumentError);
    tarOf([{ path: "a", content: unread, size: 1 }]).destroy();
    await rejection(
      buffer(
        tarOf([
          { path: "a", content: Readable.from(["x"]), size: 2 },
          { path: "b", content: later, size: 1 },
        ]),
      ),
    );
    read.end("x");
    await buffer(tarOf([{ path: "a", content: read, size: 1 }]));
    await new Promise(setImmediate);
    expect([refused, unread, later, read].map(({ destroyed }) => destroyed)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test("docker.build refuses files that it cannot build from, before anything is sent", async () => {
    const connect = jest.fn(() => Promise.reject(new Error("nothing may be sent")));
    const docker = new Docker({ connect });
    expect(String(await rejection(docker.build([])))).toBe(
      "ArgumentError: build: the list of files is empty; put at least a Dockerfile into it",
    );
    expect(String(await rejection(docker.build([{ path: "../Dockerfile" }])))).toMatch(
      /^ArgumentError: build: "\.\.\//,
    );
    expect(connect).not.toHaveBeenCalled();
  });
});
