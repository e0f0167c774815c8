import { execFile } from "node:child_process";
import promises, {
  chmod,
  type FileHandle,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { ArgumentError, StreamError } from "../../../src/errors.js";
import { BodyReader, type Decoder } from "../../../src/streams/body-reader.js";
import { writeWhole } from "../../../src/streams/tar-file.js";
import { useCompiled } from "../../helpers/compiled.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

let compiled: string;
useCompiled((folder) => {
  compiled = folder;
});

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

const rawBytes: Decoder<Buffer> = { decode: (chunk, emit) => emit(chunk), end: () => undefined };

async function* chunks(): AsyncGenerator<Buffer> {
  yield Buffer.from("one,");
  yield Buffer.from("two");
}

async function* breaking(): AsyncGenerator<Buffer> {
  yield Buffer.from("one,");
  throw new StreamError("broke");
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;

test.each([210, 211, 254, 255])("a name of %i bytes is written", async (length) => {
  const name = `${"n".repeat(length - 4)}.tar`;
  expect(await writeWhole(chunks(), join(folder, name))).toBe(7);
  expect(await readdir(folder)).toEqual([name]);
});

test("a name that is too long, and an empty one, are ArgumentErrors", async () => {
  for (const path of [join(folder, "n".repeat(256)), ""]) {
    await expect(writeWhole(chunks(), path)).rejects.toThrow(ArgumentError);
  }
  expect(await readdir(folder)).toEqual([]);
});

test("a new file is for its owner only, as with docker save", async () => {
  await writeWhole(chunks(), join(folder, "new"));
  expect(await modeOf(join(folder, "new"))).toBe(0o600);
});

test.each([0o600, 0o644, 0o4750])("an older file keeps its mode (%o)", async (mode) => {
  const path = join(folder, "old");
  await writeFile(path, "older");
  await chmod(path, mode);
  await writeWhole(chunks(), path);
  expect(await modeOf(path)).toBe(mode);
  expect(await readFile(path, "utf8")).toBe("one,two");
});

test("a link is followed to what it names, which need not exist", async () => {
  await symlink("chain", join(folder, "link"));
  await symlink(join(folder, "made"), join(folder, "chain"));
  await writeWhole(chunks(), join(folder, "link"));
  expect(await readFile(join(folder, "made"), "utf8")).toBe("one,two");
  expect(await readdir(folder)).toEqual(["chain", "link", "made"]);
});

test.each(["circle", "no/where"])("a link that leads nowhere is an ArgumentError (%s)", async (target) => {
  await symlink(target, join(folder, "circle"));
  await expect(writeWhole(chunks(), join(folder, "circle"))).rejects.toThrow(ArgumentError);
  expect(await readdir(folder)).toEqual(["circle"]);
});

test("a failure while the file is being opened leaves nothing either", async () => {
  const { open } = promises;
  const slow = jest.spyOn(promises, "open").mockImplementation(async (...args) => {
    await delay(50);
    return open(...args);
  });
  await expect(writeWhole(breaking(), join(folder, "new"))).rejects.toThrow("broke");
  expect(slow).toHaveBeenCalled();
  slow.mockRestore();
  await delay(100);
  expect(await readdir(folder)).toEqual([]);
});

describe("a disk that is full", () => {
  /** Opens files whose writev is another. */
  const withWritev = (writev: (file: FileHandle, pieces: readonly Buffer[]) => Promise<number>) => {
    const { open } = promises;
    return jest.spyOn(promises, "open").mockImplementation(async (...args) => {
      const file = await open(...args);
      const written = async (pieces: readonly Buffer[]) => ({
        buffers: pieces,
        bytesWritten: await writev(file, pieces),
      });
      return Object.assign(file, { writev: written });
    });
  };
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { syscall: "write" });

  test("ends the reading at once, even while the Engine is silent, and leaves nothing", async () => {
    const spy = withWritev(() => Promise.reject(full));
    const body = new Readable({ read: () => undefined });
    body.push(Buffer.alloc(2 << 20));
    const written = writeWhole(new BodyReader(body, "ImageGet", rawBytes), join(folder, "new"));
    await expect(written).rejects.toThrow(StreamError);
    await expect(written).rejects.toThrow(/^Cannot write .*new: ENOSPC/);
    spy.mockRestore();
    expect(body.destroyed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  test("for a moment gets the rest of a batch later", async () => {
    const spy = withWritev(async (file, pieces) => {
      const all = Buffer.concat(pieces);
      const { bytesWritten } = await file.write(all, 0, Math.min(all.length, 5));
      return bytesWritten;
    });
    expect(await writeWhole(chunks(), join(folder, "new"))).toBe(7);
    spy.mockRestore();
    expect(await readFile(join(folder, "new"), "utf8")).toBe("one,two");
  });
});

test("a failure leaves the older file, and nothing else", async () => {
  await writeFile(join(folder, "old"), "older");
  await expect(writeWhole(breaking(), join(folder, "old"))).rejects.toThrow("broke");
  await expect(writeWhole(breaking(), join(folder, "new"))).rejects.toThrow("broke");
  expect(await readdir(folder)).toEqual(["old"]);
  expect(await readFile(join(folder, "old"), "utf8")).toBe("older");
});

test("process.exit() while a file is written leaves nothing, and no listener stays", async () => {
  const before = process.listenerCount("exit");
  await Promise.all(["a", "b"].map((name) => writeWhole(chunks(), join(folder, name))));
  expect(process.listenerCount("exit")).toBe(before);
  const script = `
    import { readdirSync } from "node:fs";
    import { writeWhole } from "./src/streams/tar-file.js";
    async function* endless() { for (;;) yield Buffer.alloc(1000); }
    writeWhole(endless(), ${JSON.stringify(join(folder, "c"))}, (bytes) => {
      if (bytes < 5_000_000) return;
      console.log(readdirSync(${JSON.stringify(folder)}).length);
      process.exit(0);
    });`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: compiled,
  });
  expect(stdout).toBe("3\n");
  expect(await readdir(folder)).toEqual(["a", "b"]);
}, 60_000);
