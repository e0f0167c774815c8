import { existsSync } from "node:fs";
import { link, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { ArgumentError, StreamError, TimeoutError } from "../../../../src/index.js";
import { type BytePath, bytePath } from "../../../../src/workflows/archive/byte-path.js";
import { endOfTar, writeHeader } from "../../../../src/workflows/archive/tar-header.js";
import { packTar, type TarItem } from "../../../helpers/pack-tar.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";
import { until } from "../../../helpers/waiting.js";
import { withEngine } from "../scripted-engine.js";
import { ARCHIVE, answering, DIRECTORY, holding, STAT, statHeader } from "./scripted-archive.js";

let folder: string;
useTemporaryFolder(async (path) => {
  folder = path;
  await mkdir(join(folder, "target"));
  await mkdir(join(folder, "outside"));
});

/** All that is below the folder of the test; links are not followed. */
async function everything(name = ""): Promise<string[]> {
  const entries = await readdir(join(folder, name), { withFileTypes: true });
  const below = entries.map(async (entry) => {
    const path = join(name, entry.name);
    return [path, ...(entry.isDirectory() ? await everything(path) : [])];
  });
  return (await Promise.all(below)).flat().sort();
}

describe("copyOut never writes outside its destination", () => {
  const cases: {
    what: string;
    items: TarItem[];
    prepare?: () => Promise<unknown>;
    message: string;
    left?: string[];
  }[] = [
    { what: "a name with dots", items: [{ name: "../evil" }], message: "is outside" },
    { what: "a name with dots inside", items: [{ name: "a/../../evil" }], message: "is outside" },
    { what: "an absolute name", items: [{ name: "/tmp/sdk-test-evil" }], message: "is outside" },
    {
      what: "a name with a NUL",
      items: [{ name: "x", pax: { path: "a\0b" } }],
      message: "is outside",
    },
    {
      what: "a link that leads out by dots",
      items: [{ name: "up", type: "symlink", linkname: "../outside" }],
      message: "is outside",
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
      message: "is outside",
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
  const items: TarItem[] = [
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
  const items: TarItem[] = [
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
  const tar = await packTar([
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
  const tar = await packTar([{ name: "a", content: "y".repeat(5000) }]);
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
      "does not describe the path",
    );
    await until("no connection is busy", () => underWay() === 0);
  });
});

test.each([
  { path: "/d", name: ".ssh/authorized_keys" },
  { path: "/d", name: "d2" },
  { path: "/d/", name: "x" },
])("copyOut of $path into a folder takes nothing but that: not $name", async ({ path, name }) => {
  const items = [
    { name: "d/", type: "directory" as const },
    { name: "d/a", content: "x" },
    { name, content: "evil" },
  ];
  await withEngine(await holding(items), async ({ docker }) => {
    const copying = docker.copyOut("box", path, join(folder, "target"));
    await expect(copying).rejects.toThrow("which is not part of it. 2 entries were copied to");
    expect(await everything()).toEqual(["outside", "target", "target/d", "target/d/a"]);
  });
});

test("copyOut keeps names and links that are not UTF-8", async () => {
  const names = ["d/caf\xe9", "d/caf\xe8", bytePath("d/ünï")] as BytePath[];
  const base = {
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    devmajor: 0,
    devminor: 0,
  } as const;
  const link = writeHeader({
    ...base,
    name: "d/link\xe9" as BytePath,
    type: "symlink",
    linkname: names[0] as BytePath,
  });
  const files = names.map((name) => writeHeader({ ...base, name, linkname: bytePath("") }));
  const tar = Buffer.concat([...files, link, endOfTar()]);
  await withEngine(answering(tar), async ({ docker }) => {
    await docker.copyOut("box", "/d", join(folder, "target"));
    const found = await readdir(Buffer.from(join(folder, "target/d")), { encoding: "buffer" });
    expect(found.map((name) => `d/${name.toString("latin1")}`).sort()).toEqual(
      [...names, "d/link\xe9"].sort(),
    );
    const path = Buffer.concat([Buffer.from(join(folder, "target/d/link")), Buffer.from([0xe9])]);
    expect((await readlink(path, { encoding: "buffer" })).toString("latin1")).toBe("d/caf\xe9");
  });
});

test("copyOut that fails leaves older files as they were, and says what it copied", async () => {
  const tar = await packTar([
    { name: "dir/", type: "directory" },
    { name: "dir/a", content: "x" },
    { name: "dir/b", content: "y".repeat(5000) },
  ]);
  await mkdir(join(folder, "target/dir"));
  for (const name of ["a", "b"]) await writeFile(join(folder, "target/dir", name), "older");
  await withEngine(answering(tar.subarray(0, 3000)), async ({ docker }) => {
    const error = await docker.copyOut("box", "/dir", join(folder, "target")).catch((caught) => caught);
    expect(error).toBeInstanceOf(StreamError);
    expect(error.message).toContain(`2 entries were copied to ${join(folder, "target")} before that.`);
    expect(await readdir(join(folder, "target/dir"))).toEqual(["a", "b"]);
    expect(await readFile(join(folder, "target/dir/a"), "utf8")).toBe("x");
    expect(await readFile(join(folder, "target/dir/b"), "utf8")).toBe("older");
  });
});

test("copyOut that has rejected touches nothing any more", async () => {
  const tar = await packTar([{ name: "file", content: "y".repeat(5_000_000) }]);
  const stalling = (response: ServerResponse) => {
    response.writeHead(200, statHeader(0o644));
    response.write(tar.subarray(0, 3_000_000));
  };
  await withEngine({ [ARCHIVE]: stalling }, async ({ docker }) => {
    const path = join(folder, "target/file");
    for (let round = 0; round < 5; round += 1) {
      await expect(docker.copyOut("box", "/file", path, { timeout: 60 })).rejects.toThrow(TimeoutError);
      expect(await readdir(join(folder, "target"))).toEqual([]);
      await writeFile(path, "the caller's");
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await readFile(path, "utf8")).toBe("the caller's");
      await rm(path);
    }
  });
});

test("copyOut of the same files again leaves the same, hard links too", async () => {
  const items: TarItem[] = [
    { name: "d/", type: "directory" },
    { name: `d/${"n".repeat(250)}`, content: "x" },
    { name: "d/hard", type: "link", linkname: `d/${"n".repeat(250)}` },
    { name: "d/link", type: "symlink", linkname: "hard" },
  ];
  await withEngine(await holding(items), async ({ docker }) => {
    for (let round = 0; round < 2; round += 1) await docker.copyOut("box", "/d", join(folder, "target"));
    expect(await readdir(join(folder, "target/d"))).toEqual(["hard", "link", "n".repeat(250)]);
    expect((await lstat(join(folder, "target/d/hard"))).nlink).toBe(2);
    expect(await readlink(join(folder, "target/d/link"))).toBe("hard");
  });
});

test("copyOut asks again for an archive that is empty, as of a container that Podman still cleans up after", async () => {
  const tar = await packTar([{ name: "x", content: "whole" }]);
  const answers = [Buffer.alloc(0), Buffer.alloc(0), tar].map((bytes) => answering(bytes, 0)[ARCHIVE]);
  await withEngine({ [ARCHIVE]: answers as never }, async ({ docker, calls }) => {
    await docker.copyOut("box", "/x", join(folder, "target", "copy"));
    expect(await readFile(join(folder, "target", "copy"), "utf8")).toBe("whole");
    expect(calls).toHaveLength(3);
  });
});

test("copyOut of an archive that stays empty is an error", async () => {
  await withEngine(answering(Buffer.alloc(0), 0), async ({ docker }) => {
    const copy = docker.copyOut("box", "/x", join(folder, "target", "copy"));
    await expect(copy).rejects.toThrow("ContainerArchive: the archive is empty");
    await expect(copy).rejects.toBeInstanceOf(StreamError);
    expect(await everything("target")).toEqual([]);
  });
});

test("copyOut of an empty path, or to one, is an ArgumentError", async () => {
  await withEngine({}, async ({ docker, calls }) => {
    await expect(docker.copyOut("box", "", folder)).rejects.toThrow(ArgumentError);
    await expect(docker.copyOut("box", 5 as never, folder)).rejects.toThrow(ArgumentError);
    await expect(docker.copyOut("box", "/a", "")).rejects.toThrow(ArgumentError);
    expect(calls).toEqual([]);
  });
});
