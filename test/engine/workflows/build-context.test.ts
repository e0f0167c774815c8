import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { ArgumentError, Docker } from "../../../src/index.js";
import { readTar } from "../../../src/workflows/archive/read-tar.js";

/** What the docker CLI and `docker.build` send of the same folder, to a socket that only records it. */

const FOLDERS = 400;
const SEED = 20261125;

let home: string;
let server: Server;
/** What was sent, by the name of the image. */
const sent = new Map<string, readonly string[]>();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "build-context-"));
  server = createServer(async (request, response) => {
    response.setHeader("Api-Version", "1.48");
    response.setHeader("Builder-Version", "1");
    response.setHeader("Ostype", "linux");
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (!pathname.endsWith("/build")) return void response.end("OK");
    const lines = [`dockerfile ${searchParams.get("dockerfile")}`];
    for await (const entry of readTar(request)) {
      const hash = createHash("sha256");
      for await (const chunk of entry.content) hash.update(chunk);
      const { name, type, mode, uid, gid, size, mtime, linkname, devmajor, devminor } = entry;
      const content = size > 0 ? hash.digest("hex").slice(0, 8) : "";
      lines.push(
        [name, type, mode.toString(8), uid, gid, size, mtime, linkname, devmajor, devminor, content].join(
          " ",
        ),
      );
    }
    sent.set(searchParams.get("t") ?? "", lines);
    response.setHeader("Content-Type", "application/json");
    response.end('{"aux":{"ID":"sha256:12"}}\n');
  });
  await new Promise<void>((resolve) => server.listen(join(home, "engine.sock"), resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(home, { recursive: true, force: true });
});

/** Sends a folder both ways; gives what arrived, or that it was refused. */
async function bothWays(folder: string, name: string, dockerfile?: string): Promise<readonly unknown[]> {
  const host = `unix://${join(home, "engine.sock")}`;
  const env = { ...process.env, DOCKER_HOST: host, DOCKER_BUILDKIT: "0", DOCKER_CONFIG: home };
  const flags = dockerfile === undefined ? [] : ["-f", join(folder, dockerfile)];
  const theirs = promisify(execFile)("docker", ["build", ...flags, "-t", `${name}-cli`, folder], {
    env,
  }).then(
    () => sent.get(`${name}-cli`),
    (error: Error) => (sent.has(`${name}-cli`) ? error : "refused"),
  );
  const docker = new Docker({ host });
  const ours = docker.build(folder, { tags: `${name}-sdk`, dockerfile, builder: "classic" }).then(
    () => sent.get(`${name}-sdk`),
    (error: Error) => (error instanceof ArgumentError ? "refused" : error),
  );
  const both = await Promise.all([theirs, ours]);
  await docker.close();
  return both;
}

const NAMES = [
  ...[
    "a",
    "b",
    "c",
    "ab",
    "abc",
    "a.txt",
    "b.log",
    "c.TXT",
    ".x",
    "a-b",
    "a b",
    "ü",
    "a☺b",
    "#c",
    "!k",
    "x^y",
    "é",
  ],
  ...[
    "c++",
    "id_rsa (1)",
    "db+prod.env",
    "(private)",
    "k|bar.txt",
    "{z}",
    "$v",
    "[a]",
    "a]b",
    "back\\slash",
    "a*b",
    "a?b",
  ],
];
const ATOMS = [
  ...[
    "*",
    "*",
    "**",
    "**",
    "?",
    ".",
    "[a-c]",
    "[^a]",
    "[a-b-c]",
    "[]a]",
    "[a",
    "\\",
    "\\*",
    "\\a",
    "\\d",
    "\\]",
    "[\\]]",
  ],
  ...["[*]", "[z-a]", "[[:alpha:]]", "[é-ü]", "(", ")", "+", "|", "^", "$", "{", "}", "-", " "],
];
const segment = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.constantFrom("*", "**", "*.*", "..", ".", "a*", "*b", "?", "*.txt", "**.log"),
  fc
    .array(fc.constantFrom(...NAMES, ...ATOMS), { minLength: 1, maxLength: 3 })
    .map((atoms) => atoms.join("")),
);
const line = fc
  .tuple(
    fc.constantFrom("", "", "", "!", "!", "! ", "/", "./", "!/", " ", "#", "!!"),
    fc.array(segment, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "", "", "/", " ", "/**", "/*", "\r", "//"),
  )
  .map(([start, segments, end]) => start + segments.join("/") + end);
const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"));
const folders = fc.record({
  paths: fc.array(path, { minLength: 3, maxLength: 14 }),
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
  mark: fc.constantFrom("", "", "\ufeff"),
});

describe("a build context is what the docker CLI sends", () => {
  test(`of ${FOLDERS} generated folders`, async () => {
    const differing: string[] = [];
    let refused = 0;
    let complete = 0;
    const waiting = [...fc.sample(folders, { numRuns: FOLDERS, seed: SEED }).entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const [index, { paths, lines, mark }] = next;
        const folder = join(home, `folder-${index}`);
        await mkdir(folder);
        for (const at of ["Dockerfile", ...paths]) {
          await mkdir(dirname(join(folder, at)), { recursive: true }).catch(() => undefined);
          await writeFile(join(folder, at), at).catch(() => undefined);
        }
        await writeFile(join(folder, ".dockerignore"), mark + lines.join("\n"));
        const [theirs, ours] = await bothWays(folder, `f${index}`);
        if (theirs === "refused") refused += 1;
        else if (lines.length > 0 && (theirs as string[]).length > 5) complete += 1;
        if (JSON.stringify(theirs) !== JSON.stringify(ours) || theirs instanceof Error) {
          differing.push(`${JSON.stringify(lines)}:\n${theirs}\nours:\n${ours}`);
        }
        await rm(folder, { recursive: true });
      }
    };
    await Promise.all([work(), work(), work()]);
    expect(differing).toEqual([]);
    // Neither kind is so rare that it proves nothing.
    expect(refused).toBeGreaterThan(FOLDERS / 20);
    expect(complete).toBeGreaterThan(FOLDERS / 5);
  }, 900_000);

  test.each([
    { what: "exceptions with wildcards", rules: "*\n!**/c.txt\n" },
    { what: "an exception of a folder above", rules: "a/b/c/d\n!a/b\n" },
    { what: "the Dockerfile and itself", rules: "*\n" },
    { what: "everything", rules: "**\n!a/b\n" },
    { what: "a lone exclamation mark", rules: "!\n" },
    { what: "an exception of the root", rules: "!/\n" },
    { what: "a line that is too long", rules: `${"x".repeat(70_000)}\n` },
    { what: "a long line", rules: `a*${"x".repeat(30_000)}\na\n` },
  ])("with rules for $what", async ({ rules, what }) => {
    const folder = await mkdtemp(join(home, "rules-"));
    for (const at of ["Dockerfile", "a/b/c/d/c.txt", "a/b/x", "c.txt", "d/c.txt"]) {
      await mkdir(dirname(join(folder, at)), { recursive: true });
      await writeFile(join(folder, at), at);
    }
    await writeFile(join(folder, ".dockerignore"), rules);
    const [theirs, ours] = await bothWays(folder, what.replaceAll(" ", "").toLowerCase());
    expect(ours).toEqual(theirs);
  });

  test("with links, pipes, sockets, devices, odd names, modes and times", async () => {
    const folder = await mkdtemp(join(home, "odd-"));
    const script = `
      set -e
      printf 'FROM scratch' >Dockerfile; mkdir d empty; echo x >d/x; chmod 4751 d/x; ln d/x d/hard; ln -s x d/link; ln -s no d/broken
      mkfifo d/pipe; mknod d/null c 1 3; printf y >"d/$(printf 'latin\\351')"; mkdir "$(printf 'dir\\377')"; : >"$(printf 'dir\\377')/$(printf '\\200')"
      : >d/${"n".repeat(200)}; ln -s ${"t".repeat(200)} d/longlink; mkdir -p ${`${"p".repeat(90)}/`.repeat(4)}; : >${`${"p".repeat(90)}/`.repeat(4)}z
      chown 3000000:7 d/x; chmod 600 d; touch -h -d '1960-01-02 03:04:05' d/link; touch -d '2050-01-02 03:04:05.6' d/x`;
    execFileSync("bash", ["-c", script], { cwd: folder });
    const listener = createNetServer();
    await new Promise<void>((resolve) => listener.listen(join(folder, "socket"), resolve));
    const [theirs, ours] = await bothWays(folder, "odd");
    expect(ours).toEqual(theirs);
    expect((ours as string[]).length).toBeGreaterThan(15);
    await new Promise((resolve) => listener.close(resolve));
  });

  test("through a link, and with a Dockerfile that has another name, or is one", async () => {
    const folder = await mkdtemp(join(home, "linked-"));
    await mkdir(join(folder, "context/docker"), { recursive: true });
    await symlink("context", join(folder, "link"));
    for (const at of ["docker/Dockerfile(prod)", "docker/Dockerfile [1]", "dockerfile"]) {
      await writeFile(join(folder, "context", at), "FROM scratch");
    }
    await writeFile(join(folder, "context/.dockerignore"), "docker\n*\n");
    await symlink("docker/Dockerfile(prod)", join(folder, "context/Linked"));
    await chmod(join(folder, "context"), 0o755);
    for (const dockerfile of [undefined, "docker/Dockerfile(prod)", "Linked"]) {
      const [theirs, ours] = await bothWays(
        join(folder, "link"),
        `linked${dockerfile?.length ?? 0}`,
        dockerfile,
      );
      expect(ours).toEqual(theirs);
      expect((ours as string[]).length).toBeGreaterThan(1);
    }
  });
});
