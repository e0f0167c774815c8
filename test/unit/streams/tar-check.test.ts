import { Readable } from "node:stream";
import { StreamError } from "../../../src/index.js";
import { TarStream } from "../../../src/streams/index.js";
import { packTar, type TarItem } from "../../helpers/pack-tar.js";
import { fc } from "../../helpers/properties.js";
import { TAR_END, tarEntry, tarHeader, tarOf } from "../../helpers/tar-archive.js";
import { anyBytes, places, split } from "./splits.js";

const read = (...chunks: Buffer[]): Promise<Buffer> =>
  new TarStream(Readable.from(chunks), "ImageGet").bytes();

async function failureOf(...chunks: Buffer[]): Promise<string> {
  const error = await read(...chunks).then(
    () => new Error("it succeeded"),
    (error: Error) => error,
  );
  expect(error).toBeInstanceOf(StreamError);
  return error.message;
}

/** A tar as the library writes it that packs build contexts: with long names, links and extended headers. */
function packed(names: readonly string[], contents: readonly Uint8Array[]): Promise<Buffer> {
  const items = names.map((name, i): TarItem => {
    const kind = i % 3;
    if (kind === 0) return { name, type: "directory" };
    if (kind === 1) return { name, type: "symlink", linkname: name };
    return { name, content: contents[i % contents.length] ?? "" };
  });
  return packTar(items);
}

const names = fc.array(fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }), { maxLength: 6 });
const contents = fc.array(fc.uint8Array({ maxLength: 2000 }), { minLength: 1, maxLength: 3 });

test("any complete tar is read unchanged, whatever the split", async () => {
  await fc.assert(
    fc.asyncProperty(names, contents, places, async (names, contents, at) => {
      const tar = await packed(names, contents);
      expect((await read(...split(tar, at))).equals(tar)).toBe(true);
    }),
  );
});

test("any tar that is cut anywhere before its end is a StreamError, whatever the split", async () => {
  await fc.assert(
    fc.asyncProperty(names, contents, places, fc.nat(), async (names, contents, at, place) => {
      const tar = await packed(names, contents);
      await failureOf(...split(tar.subarray(0, place % tar.length), at));
    }),
  );
});

test("any bytes at all are a tar or a StreamError", async () => {
  await fc.assert(
    fc.asyncProperty(anyBytes, async (chunks) => {
      await read(...chunks).catch((error) => expect(error).toBeInstanceOf(StreamError));
    }),
  );
});

const tar = tarOf({ "a.txt": "hello", "b.txt": Buffer.alloc(3000, "b") });

test.each([
  {
    what: "nothing",
    bytes: Buffer.alloc(0),
    message: "the archive is empty: the answer ended before it began",
  },
  {
    what: "a page",
    bytes: Buffer.from("<html><body>502 Bad Gateway</body></html>\n"),
    message: 'the answer is not a tar archive; it begins with "<html><body>502 Bad Gateway</body></html>"',
  },
  {
    what: "a long page",
    bytes: Buffer.from(`<html>${"x".repeat(200_000)}`),
    message: 'the answer is not a tar archive; it begins with "<html>xxx',
  },
  {
    what: "a tar without its end",
    bytes: tar.subarray(0, -1024),
    message: `the archive is cut off after ${tar.length - 1024} bytes`,
  },
  { what: "a tar with half of its end", bytes: tar.subarray(0, -512), message: "the archive is cut off" },
  {
    what: "a tar cut inside a file",
    bytes: tar.subarray(0, 2000),
    message: "the archive is cut off after 2000 bytes",
  },
  { what: "a tar cut inside a header", bytes: tar.subarray(0, 1100), message: "the archive is cut off" },
  {
    what: "a tar with something between its files",
    bytes: Buffer.concat([tarEntry({ name: "a" }, "hello"), Buffer.alloc(512, "?"), TAR_END]),
    message: "the archive is damaged: there is no header at byte 1024",
  },
  {
    what: "a header whose sum is wrong",
    bytes: Buffer.concat([tarHeader({ name: "a" }).fill("z", 0, 1), TAR_END]),
    message: "the answer is not a tar archive",
  },
])("$what is a StreamError that says so", async ({ bytes, message }) => {
  expect(await failureOf(bytes)).toContain(`ImageGet: ${message}`);
  expect(
    await failureOf(
      ...split(
        bytes,
        [...Array(50).keys()].map((i) => i * 77),
      ),
    ),
  ).toContain(message);
});

test("a page without an end is not waited for", async () => {
  const page = new Readable({ read: () => void page.push(Buffer.alloc(32 * 1024, "x")) });
  await expect(new TarStream(page, "ImageGet").bytes()).rejects.toThrow("not a tar archive");
  expect(page.destroyed).toBe(true);
});

test.each([
  { what: "padding after its end", bytes: Buffer.concat([tar, Buffer.alloc(8192)]) },
  { what: "no files", bytes: TAR_END },
  {
    what: "a size on a link, which has no content",
    bytes: Buffer.concat([tarHeader({ name: "l", type: "2", size: 9 }), TAR_END]),
  },
  {
    what: "a size in an extended header",
    bytes: Buffer.concat([
      tarEntry({ name: "x", type: "x" }, "18 path=some/name\n12 size=700\n"),
      tarHeader({ name: "a", size: 0 }),
      Buffer.alloc(1024, "a"),
      TAR_END,
    ]),
  },
])("a tar with $what is whole", async ({ bytes }) => {
  expect((await read(bytes)).equals(bytes)).toBe(true);
  expect((await read(...split(bytes, [1, 511, 513, 700, 1023, 1025, 2047]))).equals(bytes)).toBe(true);
});

test("a size of more than 8 GiB is understood", async () => {
  const size = 9 * 2 ** 30;
  expect(await failureOf(tarHeader({ name: "layer", size }), Buffer.alloc(4096))).toContain("cut off");
});

describe("an error that the Engine appends is reported", () => {
  const record = '{"message":"blob \\"sha256:abc\\": {not} \\\\ found"}\n';
  const message = 'ImageGet failed after it began: blob "sha256:abc": {not} \\ found';

  test.each([
    { where: "in place of the archive", before: Buffer.alloc(0) },
    { where: "between files", before: tarEntry({ name: "a" }, "hello") },
    { where: "inside a file", before: tar.subarray(0, 2222) },
    {
      where: "inside a file of JSON",
      before: Buffer.concat([tarHeader({ name: "a", size: 9000 }), Buffer.from('{"error":"x'.repeat(99))]),
    },
    { where: "inside a header", before: tar.subarray(0, 1100) },
    { where: "after the end", before: tar },
  ])("$where", async ({ before }) => {
    expect(await failureOf(before, Buffer.from(record))).toBe(message);
    expect(
      await failureOf(...split(Buffer.concat([before, Buffer.from(record)]), [3, 600, 2230, 2240])),
    ).toBe(message);
  });

  test.each(['{"a":', '{"message":', '{"', '\\"', '"}'])(
    "in linear time behind 64 KiB of %j",
    async (hostile) => {
      const tail = Buffer.from(hostile.repeat(Math.ceil(65_536 / hostile.length)));
      const begin = performance.now();
      for (let i = 0; i < 5; i += 1) {
        await failureOf(tarHeader({ name: "a", size: 2 ** 30 }), tail, Buffer.from("}"));
      }
      expect(performance.now() - begin).toBeLessThan(1500);
    },
  );
});
