import { chmod, link, mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Packet, type Stat, PacketPacketType as Type } from "../../../../generated/buildkit/filesync.js";
import { Code } from "../../../../src/buildkit/grpc/status.js";
import { contextFolder } from "../../../../src/buildkit/services/context-folder.js";
import {
  type DockerfileSource,
  dockerfileFolder,
} from "../../../../src/buildkit/services/dockerfile-folder.js";
import { fileSync } from "../../../../src/buildkit/services/file-sync.js";
import { ArgumentError } from "../../../../src/index.js";
import { pathMatcher } from "../../../../src/workflows/archive/path-matcher.js";
import { ended, framed } from "../../../helpers/grpc-client.js";
import { type GrpcSession, grpcSession } from "../../../helpers/grpc-session.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";

const PATH = "/moby.filesync.v1.FileSync/DiffCopy";

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

/** Writes files, with the name as content where none is given. */
async function files(
  names: readonly string[],
  contents: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), contents[name] ?? name);
  }
}

interface Asking {
  readonly dir?: string;
  readonly follow?: string[];
  readonly include?: string[];
  readonly exclude?: string[];
  /** Numbers to ask for; those of all files by default. */
  readonly want?: readonly number[];
  /** Does something once all is told. */
  readonly before?: () => Promise<unknown>;
}

/** The Engine's side: takes a folder. */
async function take(session: GrpcSession, asking: Asking = {}) {
  const { dir = "context", follow = [], include = [], exclude = [], want, before } = asking;
  const encoded = (values: string[]) => values.map((value) => encodeURIComponent(value));
  const stream = session.engine.open(PATH, {
    "dir-name": dir,
    followpaths: encoded(follow),
    "followpaths-encoded": "1",
    "include-patterns": encoded(include),
    "include-patterns-encoded": "1",
    "exclude-patterns": encoded(exclude),
    "exclude-patterns-encoded": "1",
  });
  const stats: Stat[] = [];
  const contents = new Map<number, Buffer>();
  const open = new Set<number>();
  let finished = false;
  const send = (packet: Partial<Packet>) => stream.write(framed(Packet.encode(packet)));
  const finish = () => {
    if (open.size > 0 || finished) return;
    finished = true;
    send({ type: Type.PACKET_FIN });
  };
  const answer = await ended(stream, Packet, async ({ type, stat, ID, data }) => {
    if (type === Type.PACKET_STAT && stat) stats.push(stat);
    if (type === Type.PACKET_STAT && !stat) {
      await before?.();
      const regular = stats.flatMap((one, id) => (one.mode < 2 ** 20 && one.linkname === "" ? [id] : []));
      for (const id of want ?? regular) {
        open.add(id);
        send({ type: Type.PACKET_REQ, ID: id });
      }
      finish();
    }
    if (type === Type.PACKET_DATA && data.length > 0) {
      contents.set(ID, Buffer.concat([contents.get(ID) ?? Buffer.alloc(0), data]));
    }
    if (type === Type.PACKET_DATA && data.length === 0) {
      open.delete(ID);
      finish();
    }
  });
  const error = answer.messages.find(({ type }) => type === Type.PACKET_ERR);
  return {
    ...answer,
    stats,
    paths: stats.map(({ path }) => path),
    contents: Object.fromEntries([...contents].map(([id, bytes]) => [stats[id]?.path, bytes.toString()])),
    error: error && Buffer.from(error.data).toString(),
  };
}

const context = () => grpcSession(fileSync({ context: contextFolder(folder, pathMatcher) }));

/** What the Engine gets of the context. */
async function taken(asking: Asking = {}) {
  await using session = context();
  const result = await take(session, asking);
  return { ...result, failures: session.failures };
}

test("a folder comes whole, parents first, and ends with FIN", async () => {
  await files(["a.txt", "sub/b.txt", "sub/deep/c.txt"]);
  const { paths, contents, status, messages } = await taken();
  expect(paths).toEqual(["a.txt", "sub", "sub/b.txt", "sub/deep", "sub/deep/c.txt"]);
  expect(contents).toEqual({
    "a.txt": "a.txt",
    "sub/b.txt": "sub/b.txt",
    "sub/deep/c.txt": "sub/deep/c.txt",
  });
  expect([status, messages.at(-1)?.type]).toEqual([Code.OK, Type.PACKET_FIN]);
});

test("names are in the order of their UTF-8 bytes, in which an emoji follows a CJK stop", async () => {
  // JavaScript would compare the halves of the emoji, and put it first.
  await files(["\u{1f600}", "\uff61", "z", "a, b", "%41", "é"]);
  const { paths, contents } = await taken();
  expect(paths).toEqual(["%41", "a, b", "z", "é", "\uff61", "\u{1f600}"]);
  expect(contents["\u{1f600}"]).toBe("\u{1f600}");
});

test("only what is asked for is read", async () => {
  await files(["a", "b", "c"]);
  expect((await taken({ want: [1] })).contents).toEqual({ b: "b" });
  expect((await taken({ want: [] })).contents).toEqual({});
});

test("modes are Go's, times have nanoseconds, and everything belongs to root", async () => {
  await files(["run", "sub/x"]);
  await chmod(join(folder, "run"), 0o4755);
  await chmod(join(folder, "sub"), 0o1770);
  await symlink("sub/x", join(folder, "link"));
  await utimes(join(folder, "run"), 1.5, 1_700_000_000.25);
  const { stats } = await taken();
  const [link, run, sub] = stats;
  expect(link).toMatchObject({ path: "link", linkname: "sub/x", size: 0n });
  expect((link as Stat).mode & ~0o777).toBe(2 ** 27);
  expect(run).toMatchObject({
    mode: 2 ** 23 + 0o755,
    size: 3n,
    modTime: 1_700_000_000_250_000_000n,
    uid: 0,
    gid: 0,
  });
  expect(sub?.mode).toBe(2 ** 31 + 2 ** 20 + 0o770);
});

test("another link to the same file is told as one", async () => {
  await files(["a/one"]);
  await link(join(folder, "a/one"), join(folder, "b"));
  const { stats } = await taken();
  expect(stats.map(({ path, linkname }) => [path, linkname])).toEqual([
    ["a", ""],
    ["a/one", ""],
    ["b", "a/one"],
  ]);
});

test("excluded names stay out, and exceptions bring their folders along", async () => {
  await files(["a/1", "a/b/2", "a/b/c/3", "keep.log", "x.log", "[odd]", "#hash"]);
  const exclude = ["a", "!a/b/c", "*.log", "!keep.log", "#hash"];
  expect((await taken({ exclude })).paths).toEqual(["[odd]", "a", "a/b", "a/b/c", "a/b/c/3", "keep.log"]);
});

test("an exclude pattern that cannot be used ends the build with the reason", async () => {
  await files(["a"]);
  const { failures, status } = await taken({ exclude: ["a["] });
  expect(status).toBe(Code.INTERNAL);
  expect(failures).toEqual([expect.any(ArgumentError)]);
  expect((failures[0] as Error).message).toContain('its pattern "a[" cannot be used');
});

test.each([
  { what: "a file", follow: ["sub/a.txt"], paths: ["sub", "sub/a.txt"] },
  { what: "a file from the root", follow: ["/sub/a.txt"], paths: ["sub", "sub/a.txt"] },
  {
    what: "a folder",
    follow: ["sub"],
    paths: ["sub", "sub/a.txt", "sub/b.md", "sub/deep", "sub/deep/c.txt"],
  },
  { what: "a wildcard", follow: ["sub/*.txt"], paths: ["sub", "sub/a.txt"] },
  { what: "a wildcard above", follow: ["s*/deep"], paths: ["sub", "sub/deep", "sub/deep/c.txt"] },
  { what: "nothing that is there", follow: ["missing"], paths: [] },
  { what: "a link, with what it leads to", follow: ["to-sub/a.txt"], paths: ["sub", "sub/a.txt", "to-sub"] },
  { what: "a link to a link", follow: ["twice/b.md"], paths: ["sub", "sub/b.md", "to-sub", "twice"] },
  { what: "links by a wildcard", follow: ["to-*/b.md"], paths: ["sub", "sub/b.md", "to-sub"] },
  { what: "an absolute link", follow: ["rooted"], paths: ["rooted", "sub", "sub/deep", "sub/deep/c.txt"] },
  { what: "a link out of the folder", follow: ["out"], paths: ["out"] },
  { what: "a circle of links", follow: ["round"], paths: ["round"] },
])("following $what takes that, and the folders to it", async ({ follow, paths }) => {
  await files(["other/d", "sub/a.txt", "sub/b.md", "sub/deep/c.txt"]);
  await symlink("sub", join(folder, "to-sub"));
  await symlink("to-sub", join(folder, "twice"));
  await symlink("/sub/deep/c.txt", join(folder, "rooted"));
  await symlink("../../nowhere", join(folder, "out"));
  await symlink("round", join(folder, "round"));
  expect((await taken({ follow })).paths).toEqual(paths);
});

test.each([[["."]], [["/"]], [[""]]])("following %p takes all", async (follow) => {
  await files(["a", "sub/b"]);
  expect((await taken({ follow })).paths).toEqual(["a", "sub", "sub/b"]);
});

test("include patterns and exclude patterns work together", async () => {
  await files(["a.ts", "a.js", "sub/b.ts", "sub/b.js", "sub/no/c.ts"]);
  const { paths } = await taken({ include: ["**/*.ts"], exclude: ["sub/no"] });
  expect(paths).toEqual(["a.ts", "sub", "sub/b.ts"]);
});

test("many files are sent whole, and large ones in pieces", async () => {
  const names = Array.from({ length: 300 }, (_, i) => `f${String(i).padStart(3, "0")}`);
  await files([...names, "large"], { large: "0123456789".repeat(100_000) });
  const { contents, status } = await taken();
  expect(status).toBe(Code.OK);
  expect(Object.keys(contents)).toHaveLength(301);
  expect(contents.large?.length).toBe(1_000_000);
});

test("a file that vanishes after it was told ends the build with its name", async () => {
  await files(["a", "b"]);
  const { failures, error, status } = await taken({ before: () => rm(join(folder, "b")) });
  expect(status).toBe(Code.INTERNAL);
  expect(failures).toEqual([expect.any(ArgumentError)]);
  expect((failures[0] as Error).message).toMatch(/^build: cannot read .*\/b: ENOENT/);
  expect(error).toMatch(/cannot read .*\/b/);
});

test("a folder of another name is refused", async () => {
  const { status, message, failures } = await taken({ dir: "constructor" });
  expect([status, message, failures]).toEqual([
    Code.NOT_FOUND,
    'the build has no folder named "constructor"',
    [],
  ]);
});

test("a number without content is refused", async () => {
  await files(["sub/a"]);
  const { status, failures } = await taken({ want: [0] });
  expect([status, failures]).toEqual([Code.INVALID_ARGUMENT, []]);
});

describe("the Dockerfile", () => {
  const dockerfile = async (source: DockerfileSource) => {
    await using session = grpcSession(fileSync({ dockerfile: dockerfileFolder(source) }));
    const result = await take(session, { dir: "dockerfile", follow: ["Dockerfile"] });
    return { ...result, failures: session.failures };
  };

  test("comes with its ignore file, and with nothing else of its folder", async () => {
    await files(["Dockerfile", "Dockerfile.dockerignore", "id_rsa"]);
    expect((await dockerfile({ folder, name: "Dockerfile" })).contents).toEqual({
      Dockerfile: "Dockerfile",
      "Dockerfile.dockerignore": "Dockerfile.dockerignore",
    });
  });

  test("may be a link, to anywhere", async () => {
    await files(["real/file", "sub/x"]);
    await symlink(join(folder, "real/file"), join(folder, "sub/Dockerfile"));
    const { contents, stats } = await dockerfile({ folder: join(folder, "sub"), name: "Dockerfile" });
    expect(contents).toEqual({ Dockerfile: "real/file" });
    expect(stats[0]?.mode).toBe(0o644);
  });

  test("may be text, and another text of the same length has another time", async () => {
    const one = await dockerfile({ text: "FROM a" });
    const other = await dockerfile({ text: "FROM b" });
    expect([one.contents, other.contents]).toEqual([{ Dockerfile: "FROM a" }, { Dockerfile: "FROM b" }]);
    expect(one.stats[0]?.size).toBe(other.stats[0]?.size);
    expect(one.stats[0]?.modTime).not.toBe(other.stats[0]?.modTime);
    expect((await dockerfile({ text: "FROM a" })).stats).toEqual(one.stats);
  });

  test("that is gone ends the build with its name", async () => {
    const { failures } = await dockerfile({ folder, name: "Dockerfile" });
    expect((failures[0] as Error).message).toBe(
      `build: cannot read ${join(folder, "Dockerfile")}: ENOENT: no such file or directory, open '${join(folder, "Dockerfile")}'`,
    );
  });
});
