import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Header, pack } from "tar-stream";
import { AbortedError, isEngineError, StreamError } from "../../../src/index.js";
import { type Script, until, withEngine } from "./scripted-engine.js";

const ARCHIVE = "GET /containers/box/archive";
const STAT = "HEAD /containers/box/archive";
const PUT = "PUT /containers/box/archive";
const DIRECTORY = 2 ** 31;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "copy-"));
  await mkdir(join(folder, "target"));
  await mkdir(join(folder, "outside"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const statHeader = (mode: number, linkTarget = "") => ({
  "X-Docker-Container-Path-Stat": Buffer.from(
    JSON.stringify({ name: "x", size: 0, mode, mtime: "", linkTarget }),
  ).toString("base64"),
});

type Item = Partial<Header> & { name: string; content?: string };

async function tarOf(items: readonly Item[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = "", ...header } of items) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An Engine whose container holds a folder (or file), archived as these items. */
const holding = async (items: readonly Item[], mode = DIRECTORY): Promise<Script> => {
  const tar = await tarOf(items);
  return {
    [ARCHIVE]: (response: ServerResponse) => {
      response.writeHead(200, { "Content-Type": "application/x-tar", ...statHeader(mode) });
      response.end(tar);
    },
  };
};

/** All that is below the folder of the test; links are not followed. */
async function everything(name = ""): Promise<string[]> {
  const entries = await readdir(join(folder, name), { withFileTypes: true });
  const below = entries.map(async (entry) => {
    const path = join(name, entry.name);
    return [path, ...(entry.isDirectory() ? await everything(path) : [])];
  });
  return (await Promise.all(below)).flat().sort();
}

describe("copyOut never writes outside of its destination", () => {
  const cases: {
    what: string;
    items: Item[];
    prepare?: () => Promise<unknown>;
    message: string;
    left?: string[];
  }[] = [
    { what: "a name with dots", items: [{ name: "../evil" }], message: "lies outside" },
    { what: "a name with dots inside", items: [{ name: "a/../../evil" }], message: "lies outside" },
    { what: "an absolute name", items: [{ name: "/tmp/sdk-test-evil" }], message: "lies outside" },
    {
      what: "a name with a NUL",
      items: [{ name: "x", pax: { path: "a\0b" } }],
      message: "lies outside",
    },
    {
      what: "a link that leads out by dots",
      items: [{ name: "up", type: "symlink", linkname: "../outside" }],
      message: "lies outside",
    },
    {
      what: "a file below a link written before",
      items: [
        { name: "way", type: "symlink", linkname: "/" },
        { name: "way/tmp/sdk-test-evil", content: "evil" },
      ],
      message: "is not a folder",
      left: ["target/way"],
    },
    {
      what: "a folder over a link written before, and a file in it",
      items: [
        { name: "way", type: "symlink", linkname: "/tmp" },
        { name: "way", type: "directory" },
        { name: "way/sdk-test-evil" },
      ],
      message: "is not a folder",
      left: ["target/way"],
    },
    {
      what: "a file below a link that was there",
      items: [{ name: "way/evil", content: "evil" }],
      prepare: () => symlink("../outside", join(folder, "target/way")),
      message: "is not a folder",
      left: ["target/way"],
    },
    {
      what: "a hard link to a file outside",
      items: [{ name: "hard", type: "link", linkname: "../outside/secret" }],
      prepare: () => writeFile(join(folder, "outside/secret"), "secret"),
      message: "lies outside",
      left: ["outside/secret"],
    },
    {
      what: "a hard link through a link",
      items: [
        { name: "way", type: "symlink", linkname: "/etc" },
        { name: "hard", type: "link", linkname: "way/passwd" },
      ],
      message: "is not a folder",
      left: ["target/way"],
    },
    {
      what: "a hard link to a link",
      items: [
        { name: "way", type: "symlink", linkname: "/etc/passwd" },
        { name: "hard", type: "link", linkname: "way" },
      ],
      message: "which is not a file",
      left: ["target/way"],
    },
    {
      what: "a device",
      items: [{ name: "null", type: "character-device", devmajor: 1, devminor: 3 }],
      message: "is a character-device",
    },
    { what: "a pipe", items: [{ name: "pipe", type: "fifo" }], message: "is a fifo" },
  ];

  test.each(cases)("by $what", async ({ items, prepare, message, left = [] }) => {
    await prepare?.();
    await withEngine(await holding(items), async ({ docker, underWay }) => {
      const error = await docker.copyOut("box", "/dir/.", join(folder, "target")).catch((caught) => caught);
      expect(error).toBeInstanceOf(StreamError);
      expect(error.message).toContain(message);
      expect(await everything()).toEqual(["outside", "target", ...left].sort());
      expect(existsSync("/tmp/sdk-test-evil")).toBe(false);
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("by a file that is a link, or has another name, there", async () => {
    await writeFile(join(folder, "outside/one"), "kept");
    await writeFile(join(folder, "outside/two"), "kept");
    await symlink("../outside/one", join(folder, "target/a"));
    await link(join(folder, "outside/two"), join(folder, "target/b"));
    const items = ["a", "b"].map((name) => ({ name, content: "new", mode: 0o640 }));
    await withEngine(await holding(items), async ({ docker }) => {
      await docker.copyOut("box", "/dir/.", join(folder, "target"));
      for (const name of ["one", "two"])
        expect(await readFile(join(folder, "outside", name), "utf8")).toBe("kept");
      expect((await lstat(join(folder, "target/a"))).isFile()).toBe(true);
      expect((await lstat(join(folder, "target/b"))).nlink).toBe(1);
    });
  });

  test("by a second name beside the one that was asked for", async () => {
    const items = [{ name: "wanted", content: "x" }, { name: ".bashrc" }];
    await withEngine(await holding(items, 0o644), async ({ docker }) => {
      const copying = docker.copyOut("box", "/etc/wanted", join(folder, "target/copy"));
      await expect(copying).rejects.toThrow("which is not part of it");
      expect(await everything()).toEqual(["outside", "target", "target/copy"]);
    });
  });
});

test("copyOut keeps absolute links, and links within, as they are", async () => {
  const items: Item[] = [
    { name: "./", type: "directory" },
    { name: "./abs", type: "symlink", linkname: "/etc/passwd" },
    { name: "./sub/", type: "directory" },
    { name: "./sub/rel", type: "symlink", linkname: "../abs" },
  ];
  await withEngine(await holding(items), async ({ docker }) => {
    await docker.copyOut("box", "/dir/.", join(folder, "target"));
    expect(await readlink(join(folder, "target/abs"))).toBe("/etc/passwd");
    expect(await readlink(join(folder, "target/sub/rel"))).toBe("../abs");
  });
});

test("copyOut of a container's root takes its absolute names", async () => {
  const items: Item[] = [
    { name: "/", type: "directory" },
    { name: "/bin/sh", content: "x" },
  ];
  await withEngine(await holding(items), async ({ docker }) => {
    await docker.copyOut("box", "/", join(folder, "target"));
    await docker.copyOut("box", "/", join(folder, "new"));
    expect(await everything()).toEqual(
      ["outside", "target", "target/bin", "target/bin/sh", "new", "new/bin", "new/bin/sh"].sort(),
    );
  });
});

test("copyOut that breaks off inside a file leaves no part of it", async () => {
  const tar = await tarOf([
    { name: "dir/", type: "directory" },
    { name: "dir/a", content: "x" },
    { name: "dir/b", content: "y".repeat(5000) },
  ]);
  const cut = (response: ServerResponse) => {
    response.writeHead(200, statHeader(DIRECTORY));
    response.write(tar.subarray(0, 3000));
    setTimeout(() => response.destroy(), 30);
  };
  await withEngine({ [ARCHIVE]: cut }, async ({ docker }) => {
    await expect(docker.copyOut("box", "/dir", join(folder, "target"))).rejects.toThrow(StreamError);
    expect(await everything()).toEqual(["outside", "target", "target/dir", "target/dir/a"]);
  });
});

test("copyOut of an archive that ends too early, or makes no sense, is a StreamError", async () => {
  const tar = await tarOf([{ name: "a", content: "y".repeat(5000) }]);
  for (const bytes of [tar.subarray(0, 2048), Buffer.alloc(1024, "no tar")]) {
    const answer = (response: ServerResponse) => response.writeHead(200, statHeader(0o644)).end(bytes);
    await withEngine({ [ARCHIVE]: answer }, async ({ docker }) => {
      await expect(docker.copyOut("box", "/a", join(folder, "target"))).rejects.toThrow(StreamError);
      expect(await everything()).toEqual(["outside", "target"]);
    });
  }
});

test("an answer without the path's description is a StreamError", async () => {
  await withEngine({ [ARCHIVE]: { json: {} }, [STAT]: { json: {} } }, async ({ docker, underWay }) => {
    await expect(docker.copyOut("box", "/a", join(folder, "target"))).rejects.toThrow(
      "does not say what the path is",
    );
    await until("no connection is busy", () => underWay() === 0);
  });
});

describe("copyIn", () => {
  const intoFolder = (put: Script[string]): Script => ({
    [STAT]: { headers: statHeader(DIRECTORY), status: 200 },
    [PUT]: put,
  });

  test("sends the tar with its owners, large ones too, and asks that kinds stay", async () => {
    await writeFile(join(folder, "target/file"), "content");
    execFileSync("chown", ["3000000:3000001", join(folder, "target/file")]);
    let sent = Buffer.alloc(0);
    const put = (response: ServerResponse, body: string) => {
      sent = Buffer.from(body);
      response.writeHead(200).end();
    };
    await withEngine(intoFolder(put), async ({ docker, calls }) => {
      await docker.copyIn("box", join(folder, "target"), "/into", { archive: true });
      expect(calls).toEqual([
        `${STAT}?path=%2Finto`,
        `${PUT}?path=%2Finto&noOverwriteDirNonDir=true&copyUIDGID=true`,
      ]);
      const listed = String(execFileSync("tar", ["-tv", "--numeric-owner"], { input: sent }));
      expect(listed).toMatch(/^drwx\S+ \d+\/\d+ .* target\/\n-rw\S+ 3000000\/3000001 .* target\/file\n$/);
    });
  });

  test("that the Engine refuses while it is sent is the Engine's failure", async () => {
    await writeFile(join(folder, "target/big"), Buffer.alloc(8 << 20));
    const put = (response: ServerResponse) => {
      response.writeHead(403, { "Content-Type": "application/json" }).end('{"message":"read-only"}');
    };
    await withEngine(intoFolder(put), async ({ docker }) => {
      const error = await docker.copyIn("box", join(folder, "target"), "/into").catch((caught) => caught);
      expect(isEngineError(error, 403)).toBe(true);
    });
  });

  test.each([STAT, PUT])("aborted at %s leaves no connection", async (step) => {
    await writeFile(join(folder, "target/file"), "content");
    const abort = new AbortController();
    await withEngine(
      { ...intoFolder("hang"), ...(step === STAT ? { [STAT]: "hang" } : {}) },
      async (engine) => {
        const copying = engine.docker.copyIn("box", join(folder, "target"), "/into", {
          signal: abort.signal,
        });
        const error = copying.catch((caught) => caught);
        await until(step, () => engine.calls.some((call) => call.startsWith(step)));
        abort.abort();
        expect(await error).toBeInstanceOf(AbortedError);
        await until("no connection is busy", () => engine.underWay() === 0);
      },
    );
  });
});
