import { execFileSync } from "node:child_process";
import {
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { ArgumentError } from "../../../../src/errors.js";
import { findContext, packContext } from "../../../../src/workflows/archive/build-context.js";
import { bytePath, linkTarget } from "../../../../src/workflows/archive/byte-path.js";
import { modeOf, pack } from "../../../../src/workflows/archive/pack.js";
import { TarBuffer } from "../../../../src/workflows/archive/tar-buffer.js";
import { tree } from "../../../../src/workflows/archive/tree.js";
import { bytesOf } from "../../../helpers/streams.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";
import { withEngine } from "../scripted-engine.js";

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

async function write(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), name);
  }
}

/** What GNU tar finds in a context, as it is on the disk. */
async function listed(context: string, dockerfile?: string | { text: string }): Promise<string[]> {
  const { tar } = await packContext(await findContext(context, dockerfile));
  const list = execFileSync("tar", ["-t", "--quoting-style=literal"], { input: await bytesOf(tar) });
  return list.toString("latin1").trimEnd().split("\n");
}

test("a folder that is a link is what it leads to", async () => {
  await write("context/Dockerfile", "context/a");
  await symlink("context", join(folder, "link"));
  expect(await listed(join(folder, "link"))).toEqual(["Dockerfile", "a"]);
});

test.each([
  { given: undefined, path: "Dockerfile" },
  { given: "Dockerfile", path: "Dockerfile" },
  { given: "./d/../d/Dockerfile(prod)", path: "d/Dockerfile(prod)" },
  { given: "linked", path: "d/Dockerfile(prod)" },
  { given: () => join(folder, "d/Dockerfile(prod)"), path: "d/Dockerfile(prod)" },
  { given: () => join(folder, "../", folder.split("/").at(-1) as string, "Dockerfile"), path: "Dockerfile" },
])("the Dockerfile $given is sent as $path, though it is ignored", async ({ given, path }) => {
  await write("Dockerfile", "d/Dockerfile(prod)", "d/other");
  await symlink("d/Dockerfile(prod)", join(folder, "linked"));
  await writeFile(join(folder, ".dockerignore"), "**\n");
  const named = typeof given === "function" ? given() : given;
  expect((await packContext(await findContext(folder, named))).dockerfile).toBe(path);
  expect(await listed(folder, named)).toEqual([".dockerignore", path]);
});

test("without a Dockerfile a file named dockerfile is taken, as the CLI does", async () => {
  await write("dockerfile");
  expect((await packContext(await findContext(folder, undefined))).dockerfile).toBe("dockerfile");
});

test.each<{ what: string; context?: () => string; dockerfile?: string; ignore?: string; message: string }>([
  { what: "an empty path", context: () => "", message: "the context is an empty path" },
  {
    what: "a folder that is not there",
    context: () => join(folder, "no"),
    message: "cannot read the context",
  },
  { what: "a file", context: () => join(folder, "Dockerfile"), message: "is not a folder" },
  { what: "a Dockerfile that is not there", dockerfile: "no", message: "cannot read the Dockerfile" },
  { what: "a Dockerfile that is a folder", dockerfile: "d", message: "is not a file" },
  { what: "a Dockerfile elsewhere that is not there", dockerfile: "/no/Dockerfile", message: "cannot read" },
  {
    what: "rules that cannot be used",
    ignore: "[a-b-c]",
    message: 'cannot use .dockerignore: its pattern "[a-b-c]"',
  },
  { what: "an exception of nothing", ignore: "!", message: 'cannot use .dockerignore: its exception "!"' },
])("$what is an ArgumentError, and nothing is sent", async ({ context, dockerfile, ignore, message }) => {
  await write("Dockerfile", "d/x");
  if (ignore !== undefined) await writeFile(join(folder, ".dockerignore"), ignore);
  await withEngine({}, async ({ docker, calls }) => {
    const options = dockerfile === undefined ? {} : { dockerfile };
    const error = await docker.build(context?.() ?? folder, options).catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(message);
    expect(calls).toEqual([]);
  });
});

test("rules whose expression cannot be used are an ArgumentError that names the file and the pattern", async () => {
  await write("Dockerfile", "a");
  await writeFile(join(folder, ".dockerignore"), "[z-a]");
  await withEngine({ "POST /build": "hang" }, async ({ docker }) => {
    const error = await docker.build(folder, { builder: "classic" }).catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(
      /^build: cannot use \.dockerignore: its pattern "\[z-a\]" cannot be used: the range/,
    );
  });
});

test("the ignore file of the Dockerfile goes before that of the context", async () => {
  await write("Dockerfile", "a", "b", "p.Dockerfile");
  await writeFile(join(folder, ".dockerignore"), "a");
  await writeFile(join(folder, "p.Dockerfile.dockerignore"), "b\n**/*.dockerignore");
  expect(await listed(folder)).not.toContain("a");
  expect(await listed(folder, "p.Dockerfile")).toEqual([
    ...["Dockerfile", "a", "p.Dockerfile", "p.Dockerfile.dockerignore"],
  ]);
});

describe("a Dockerfile that is not in the context is added to it, with a name that the Engine leaves out", () => {
  const unpacked = async (dockerfile: string | { text: string }, rules?: string) => {
    await write("context/a", "context/Dockerfile", "elsewhere/Dockerfile");
    if (rules !== undefined) await writeFile(join(folder, "context/.dockerignore"), rules);
    const context = await findContext(join(folder, "context"), dockerfile);
    const packed = await packContext(context);
    const out = join(folder, "out");
    await mkdir(out);
    execFileSync("tar", ["-x", "-C", out], { input: await bytesOf(packed.tar) });
    const read = (name: string) => readFile(join(out, name), "utf8");
    return {
      name: packed.dockerfile,
      content: await read(packed.dockerfile),
      ignored: await read(".dockerignore"),
    };
  };

  test.each([
    { what: "a path", dockerfile: "../elsewhere/Dockerfile", content: "elsewhere/Dockerfile" },
    {
      what: "an absolute path",
      dockerfile: () => join(folder, "elsewhere/Dockerfile"),
      content: "elsewhere/Dockerfile",
    },
    { what: "a link", dockerfile: "link", content: "elsewhere/Dockerfile" },
    { what: "text", dockerfile: { text: "FROM scratch\n" }, content: "FROM scratch\n" },
  ])("given as $what", async ({ dockerfile, content }) => {
    await mkdir(join(folder, "context"));
    await symlink("../elsewhere/Dockerfile", join(folder, "context/link"));
    const packed = await unpacked(typeof dockerfile === "function" ? dockerfile() : dockerfile);
    expect(packed).toEqual({
      name: expect.stringMatching(/^\.dockerfile\.\w{20}$/),
      content,
      ignored: `.dockerignore\n${packed.name}\n`,
    });
  });

  test("beside the rules that are there", async () => {
    const packed = await unpacked({ text: "FROM scratch\n" }, "a\n");
    expect(packed.ignored).toBe(`a\n\n${packed.name}\n`);
    expect(await readdir(join(folder, "out"))).not.toContain("a");
  });

  test("and its own ignore file goes first", async () => {
    await mkdir(join(folder, "elsewhere"));
    await writeFile(join(folder, "elsewhere/Dockerfile.dockerignore"), "a\n");
    await unpacked("../elsewhere/Dockerfile", "Dockerfile\n");
    expect((await readdir(join(folder, "out"))).sort()).toEqual([
      expect.stringMatching(/^\.dockerfile/),
      ".dockerignore",
      "Dockerfile",
    ]);
  });
});

test("pipes are entries, sockets are left out, and names that are not UTF-8 stay as they are", async () => {
  await write("Dockerfile");
  execFileSync(
    "bash",
    ["-c", "mkfifo pipe; : >$'caf\\xe9'; : >$'caf\\xe8'; mkdir $'d\\xff'; : >$'d\\xff/x'"],
    { cwd: folder },
  );
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, "socket"), resolve));
  expect(await listed(folder)).toEqual(["Dockerfile", "caf\xe8", "caf\xe9", "d\xff/", "d\xff/x", "pipe"]);
  await new Promise((resolve) => server.close(resolve));
});

describe("a file that fails while it is packed is an ArgumentError that names it", () => {
  const packed = () => pack(tree(bytePath(folder), bytePath("top")), "copyIn");

  test("as it becomes shorter", async () => {
    await writeFile(join(folder, "big"), Buffer.alloc(4 << 20));
    const tar = packed();
    await tar.next();
    await truncate(join(folder, "big"), 1000);
    const rest = bytesOf(tar);
    await expect(rest).rejects.toThrow(ArgumentError);
    await expect(rest).rejects.toThrow(`${join(folder, "big")} became shorter while it was read`);
  });

  test("as it may not be read", async () => {
    await write("secret");
    // Root may read anything, so someone else tries.
    execFileSync("chmod", ["-R", "a+rX", folder]);
    execFileSync("chmod", ["0", join(folder, "secret")]);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      await expect(bytesOf(packed())).rejects.toThrow(/^copyIn: cannot read the files: EACCES: .*secret/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test("and one that grows is sent as long as it was", async () => {
    await writeFile(join(folder, "big"), Buffer.alloc(4 << 20, "a"));
    const tar = packed();
    const { value: first } = await tar.next();
    await writeFile(join(folder, "big"), Buffer.alloc(5 << 20, "a"));
    const all = Buffer.concat([first as Uint8Array, await bytesOf(tar)]);
    expect(String(execFileSync("tar", ["-tv"], { input: all }))).toMatch(/ 4194304 .* top\/big\n$/);
  });
});

test("while thousands of small files are packed or skipped, the rest of the process gets its turns", async () => {
  const files = Array.from({ length: 3000 }, (_, index) => join(folder, `file-${index}`));
  await Promise.all(files.map((file) => writeFile(file, "x".repeat(3000))));
  for (const choice of ["take", "skip"] as const) {
    const tar = pack(
      tree(bytePath(folder), bytePath("top"), () => choice),
      "copyIn",
    );
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    const before = process.cpuUsage();
    let pieces = 0;
    for await (const piece of tar) pieces += Number(piece.length <= 256 * 1024);
    const { user, system } = process.cpuUsage(before);
    clearImmediate(timer);
    // 2 ms are meant; collecting garbage and compiling take some, too.
    expect(turns).toBeGreaterThan((user + system) / 1000 / 20 - 1);
    expect(pieces).toBeGreaterThanOrEqual(choice === "take" ? 3000 / 100 : 1);
  }
});

test("small files, large ones and links to them are packed as they are", async () => {
  const sizes = [0, 1, 511, 512, 513, 65_536, 65_537, 262_144, 700_000];
  for (const size of sizes) await writeFile(join(folder, `${size}`), Buffer.alloc(size, `${size} `));
  await link(join(folder, "700000"), join(folder, "linked"));
  await symlink("nowhere", join(folder, "symbolic"));
  const out = `${folder}-out`;
  await mkdir(out);
  try {
    const tar = await bytesOf(pack(tree(bytePath(folder), bytePath("top")), "copyIn"));
    execFileSync("tar", ["-x", "-C", out], { input: tar });
    for (const size of sizes) {
      const content = await readFile(join(out, "top", `${size}`));
      expect(content.equals(Buffer.alloc(size, `${size} `))).toBe(true);
    }
    expect((await stat(join(out, "top/linked"))).ino).toBe((await stat(join(out, "top/700000"))).ino);
    expect(await readlink(join(out, "top/symbolic"))).toBe("nowhere");
  } finally {
    await rm(out, { recursive: true });
  }
});

test("a name of many kilobytes does not outgrow the buffer", () => {
  const tar = new TarBuffer();
  tar.space(190 * 1024).fill(1);
  tar.add(Buffer.alloc(200 * 1024, 2));
  tar.add(Buffer.of(3));
  const bytes = tar.take();
  expect(bytes.length).toBe(390 * 1024 + 1);
  expect([bytes[0], bytes[190 * 1024 - 1], bytes[190 * 1024], bytes.at(-2), bytes.at(-1)]).toEqual([
    1, 1, 2, 2, 3,
  ]);
});

test.each([
  { mode: 0o100666n, linux: 0o666, windows: 0o755 },
  { mode: 0o40777n, linux: 0o777, windows: 0o755 },
  { mode: 0o100444n, linux: 0o444, windows: 0o555 },
])("the mode $mode is $linux, or $windows on Windows", ({ mode, linux, windows }) => {
  expect(modeOf({ mode }, "linux")).toBe(linux);
  expect(modeOf({ mode }, "win32")).toBe(windows);
});

test("a link's target has slashes in an archive made on Windows", async () => {
  const link = join(folder, "link");
  await symlink("..\\up\\there", link);
  expect(linkTarget(bytePath(link), "win32")).toBe("../up/there");
  expect(linkTarget(bytePath(link), "linux")).toBe("..\\up\\there");
});
