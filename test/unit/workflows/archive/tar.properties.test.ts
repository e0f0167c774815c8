import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { extract, type Header, pack as packOther } from "tar-stream";
import { type BytePath, bytePath } from "../../../../src/workflows/archive/byte-path.js";
import { readTar } from "../../../../src/workflows/archive/read-tar.js";
import {
  endOfTar,
  paddingOf,
  type TarHeader,
  writeHeader,
} from "../../../../src/workflows/archive/tar-header.js";
import { fc } from "../../../helpers/properties.js";
import { bytesOf } from "../../../helpers/streams.js";

type Entry = TarHeader & { readonly bytes: Buffer };

const byte = fc.integer({ min: 1, max: 255 }).filter((code) => code !== 0x2f);
const part = fc
  .array(byte, { minLength: 1, maxLength: 120 })
  .map((codes) => String.fromCharCode(...codes))
  .filter((name) => name !== "." && name !== "..");
const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/") as BytePath);
const entry: fc.Arbitrary<Entry> = fc
  .record({
    name,
    linkname: name,
    type: fc.constantFrom(
      "file" as const,
      "file" as const,
      "directory" as const,
      "symlink" as const,
      "link" as const,
      "fifo" as const,
    ),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.oneof(fc.integer({ min: 0, max: 0o7777777 }), fc.integer({ min: 0, max: 2 ** 32 - 2 })),
    gid: fc.oneof(fc.integer({ min: 0, max: 0o7777777 }), fc.integer({ min: 0, max: 2 ** 32 - 2 })),
    mtime: fc.oneof(fc.integer({ min: 0, max: 2 ** 33 }), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
    bytes: fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
  })
  .map(({ bytes, ...header }) => {
    const content = header.type === "file" ? bytes : Buffer.alloc(0);
    return {
      ...header,
      name: (header.type === "directory" ? `${header.name}/` : header.name) as BytePath,
      linkname: (header.type === "symlink" || header.type === "link" ? header.linkname : "") as BytePath,
      size: content.length,
      bytes: content,
      devmajor: 0,
      devminor: 0,
    };
  });

const written = (entries: readonly Entry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap((one) => [writeHeader(one), one.bytes, Buffer.alloc(paddingOf(one.size))]),
    endOfTar(),
  ]);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(source: AsyncIterable<Uint8Array>): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const { content, ...header } of readTar(source)) {
    entries.push({ ...header, bytes: await bytesOf(content) });
  }
  return entries;
}

test("what is written is read again, in whatever pieces it comes", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 5 }),
      fc.integer({ min: 1, max: 2000 }),
      async (entries, size) => {
        expect(await read(inPieces(written(entries), size))).toEqual(entries);
      },
    ),
  ));

test("a tar that is cut anywhere is refused", () =>
  fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 3 }), fc.nat(), async (entries, at) => {
      const tar = written(entries);
      const cut = tar.subarray(0, at % (tar.length - 1023));
      await expect(read(inPieces(cut, 512))).rejects.toThrow("it stops before its end");
    }),
  ));

test("bytes that are not a tar are refused, whatever they are, or give what they hold", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(entry, { minLength: 1, maxLength: 2 }),
      fc.nat(),
      byte,
      async (entries, at, value) => {
        const tar = written(entries);
        tar[at % tar.length] = value;
        await read(inPieces(tar, 700)).catch((error) => expect(error).toBeInstanceOf(Error));
      },
    ),
  ));

test.each(["gnu", "oldgnu", "pax", "ustar", "v7"])("what GNU tar writes is read (%s)", (format) => {
  const script = `
    set -e; cd "$(mktemp -d)"; trap 'rm -r "$PWD"' EXIT
    mkdir d d/e; echo content >d/file; chmod 4751 d/file; : >d/none; ln -s file d/link; ln d/file d/hard; mkfifo d/pipe
    ${format === "v7" ? "rm d/pipe" : ""}
    printf x >"d/$(printf 'latin\\351')"
    ${["v7", "ustar"].includes(format) ? "" : `: >d/${"n".repeat(200)}; ln -s ${"t".repeat(200)} d/longlink`}
    find . -exec touch -h -d @981173106 {} +
    tar -c --format=${format} --sort=name --owner=1234 --group=2345 d`;
  const tar = execFileSync("sh", ["-c", script]);
  return read(inPieces(tar, 1000)).then((entries) => {
    const shown = entries.map(({ name: at, type, mode, uid, gid, mtime, linkname, bytes }) =>
      [at, type, mode.toString(8), uid, gid, Math.floor(mtime), linkname, bytes].join("|"),
    );
    const rest = "1234|2345|981173106";
    expect(shown).toEqual(
      expect.arrayContaining([
        expect.stringMatching(new RegExp(`^d/\\|directory\\|\\d+\\|${rest.replaceAll("|", "\\|")}\\|\\|$`)),
        `d/file|file|4751|${rest}||content\n`,
        `d/none|file|644|${rest}||`,
        `d/link|symlink|777|${rest}|file|`,
        `d/hard|link|4751|${rest}|d/file|`,
        `d/latin\xe9|file|644|${rest}||x`,
      ]),
    );
    if (format !== "v7") expect(shown).toContain(`d/pipe|fifo|644|${rest}||`);
    if (["v7", "ustar"].includes(format)) return;
    expect(shown).toContain(`d/${"n".repeat(200)}|file|644|${rest}||`);
    expect(shown).toContain(`d/longlink|symlink|777|${rest}|${"t".repeat(200)}|`);
  });
});

test("GNU tar lists what is written, with numbers and names that need extended headers", () => {
  const base = {
    linkname: bytePath(""),
    mode: 0o640,
    uid: 5,
    gid: 6,
    mtime: 981173106,
    devmajor: 0,
    devminor: 0,
    size: 0,
    bytes: Buffer.alloc(0),
  };
  const tar = written([
    { ...base, name: bytePath("ünï"), type: "file", size: 3, bytes: Buffer.from("abc") },
    { ...base, name: bytePath(`long/${"n".repeat(200)}`), type: "file", uid: 3_000_000, gid: 4_000_000_000 },
    { ...base, name: bytePath("old"), type: "file", mtime: -315612897 },
    { ...base, name: "latin\xe9" as BytePath, type: "symlink", linkname: "to\xe9" as BytePath },
    { ...base, name: bytePath("null"), type: "character-device", devmajor: 1, devminor: 3 },
    { ...base, name: bytePath("pipe"), type: "fifo" },
  ]);
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const listed = execFileSync("tar", ["-tv", "--numeric-owner", "--quoting-style=literal"], {
    input: tar,
    env,
  });
  expect(listed.toString("latin1").split("\n")).toEqual([
    `-rw-r----- 5/6               3 2001-02-03 04:05 ${bytePath("ünï")}`,
    expect.stringMatching(/^-rw-r----- 3000000\/4000000000 +0 2001-02-03 04:05 long\/n{200}$/),
    expect.stringMatching(/^-rw-r----- 5\/6 +0 1960-01-01 01:45 old$/),
    expect.stringMatching(/^lrw-r----- 5\/6 +0 2001-02-03 04:05 latin\xe9 -> to\xe9$/),
    expect.stringMatching(/^crw-r----- 5\/6 +1,3 2001-02-03 04:05 null$/),
    expect.stringMatching(/^prw-r----- 5\/6 +0 2001-02-03 04:05 pipe$/),
    "",
  ]);
});

test("a file of 8 GiB and more has its size in an extended header, as tar-stream reads it", async () => {
  const header = {
    name: bytePath("big"),
    linkname: bytePath(""),
    type: "file" as const,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    devmajor: 0,
    devminor: 0,
  };
  const size = 8 * 2 ** 30;
  const reader = extract();
  const found = once(reader, "entry") as Promise<[Header]>;
  reader.write(writeHeader({ ...header, size }));
  expect((await found)[0].size).toBe(size);
  reader.destroy();
});

test("what tar-stream writes is read", async () => {
  const other = packOther();
  other.entry({ name: "a/", type: "directory", mode: 0o700 });
  other.entry(
    { name: `a/${"ü".repeat(100)}`, uid: 7, gid: 8, mtime: new Date(5000), mode: 0o600 },
    "content",
  );
  other.finalize();
  expect(await read(other as AsyncIterable<Uint8Array>)).toMatchObject([
    { name: "a/", type: "directory", mode: 0o700 },
    {
      name: bytePath(`a/${"ü".repeat(100)}`),
      type: "file",
      uid: 7,
      gid: 8,
      mtime: 5,
      bytes: Buffer.from("content"),
    },
  ]);
});

test.each([
  { what: "text", bytes: Buffer.alloc(1024, "<html>"), message: "it is not a tar, or is damaged" },
  { what: "nothing", bytes: Buffer.alloc(0), message: "it stops before its end" },
  {
    what: "a sparse file",
    bytes: execFileSync("sh", ["-c", "cd $(mktemp -d) && truncate -s 1M s && tar -cS --format=gnu s"]),
    message: 'unknown type "S"',
  },
  {
    what: "a sparse file of POSIX",
    bytes: execFileSync("sh", ["-c", "cd $(mktemp -d) && truncate -s 1M s && tar -cS --format=posix s"]),
    message: "is a sparse file",
  },
])("$what is refused", async ({ bytes, message }) => {
  await expect(read(inPieces(bytes, 512))).rejects.toThrow(message);
});

test("only the entry that is read is held, and one that is not read is skipped", async () => {
  const names: string[] = [];
  const big = { ...NOTHING_BUT_A_NAME, size: 64 << 20 };
  async function* endless(): AsyncGenerator<Buffer> {
    for (const at of ["a", "b"]) {
      yield writeHeader({ ...big, name: bytePath(at) });
      for (let sent = 0; sent < big.size; sent += 1 << 20) yield Buffer.alloc(1 << 20);
    }
    yield endOfTar();
  }
  for await (const { name: at } of readTar(endless())) names.push(at);
  expect(names).toEqual(["a", "b"]);
});

const NOTHING_BUT_A_NAME = {
  name: bytePath("x"),
  linkname: bytePath(""),
  type: "file" as const,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0,
  devmajor: 0,
  devminor: 0,
};
