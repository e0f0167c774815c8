import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import {
  AbortedError,
  ArgumentError,
  type CopyInOptions,
  isEngineError,
  StreamError,
  TimeoutError,
} from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

const MIB = 2 ** 20;

/** What is copied; a shell script, which runs here and in a container. */
const SOURCE = `
set -e
mkdir -p dir/sub dir/empty
echo content >file; chmod 640 file
echo a >dir/a; ln dir/a dir/hard; echo b >dir/sub/b; chmod 4755 dir/sub/b
echo long >dir/sub/${"n".repeat(120)}; echo umlaut >dir/sub/ünï; : >dir/none; chmod 750 dir/sub; chmod 555 dir/empty
ln -s a dir/link; ln -s ../file dir/up; ln -s /etc/passwd dir/absolute; ln -s nothing dir/broken
ln -s file linkfile; ln -s dir linkdir; ln -s nothing linknothing
chown -h 1234:2345 file dir/a dir/link; chown 3000000:3000001 dir/none
find . -exec touch -h -d '2001-02-03 04:05:06' {} +
touch -d '1960-01-02 03:04:05' dir/sub/b; touch -d '2050-01-02 03:04:05' dir/none
`;

/** What is there before. */
const DESTINATION = `
set -e
mkdir -p dir/dir/sub clash/dir/a; echo old >file; echo old >dir/dir/sub/b; ln -s kept dir/dir/link; echo old >clash/file
mkdir -p clash2; echo old >clash2/dir
ln -s dir linkdir; ln -s file linkfile; ln -s made linkmade; ln -s no/made linkno; ln -s linkdir linklink
`;

const SOURCES = [
  ...["file", "dir", "dir/", "dir/.", "file/", "file/.", "nothing"],
  ...["linkfile", "linkdir", "linkdir/", "linkdir/.", "linknothing", "dir/link", "dir/../file"],
];
const DESTINATIONS = [
  ...["", "dir", "dir/", "dir/.", "file", "file/", "new", "new/", "new/.", "no/new", "no/new/"],
  ...["linkdir", "linkdir/", "linkfile", "linkmade", "linkmade/", "linkno", "linklink", "clash", "clash2"],
];
const CASES = SOURCES.flatMap((source) =>
  [false, true].flatMap((follow) =>
    // Only links differ.
    follow && !source.includes("link")
      ? []
      : DESTINATIONS.map((destination) => ({ source, destination, follow })),
  ),
);

const LONG_AGO = Date.parse("2010-01-01") / 1000;
const FAR_AWAY = Date.parse("2049-01-01") / 1000;
/** Times of what the copy makes anew differ from run to run. */
const time = (seconds: number): number | string =>
  seconds < LONG_AGO || seconds > FAR_AWAY ? seconds : "new";

/** Everything in a folder of this machine. */
async function listHost(folder: string, name = ""): Promise<string[]> {
  const path = join(folder, name);
  const stats = await lstat(path);
  const content = stats.isFile()
    ? createHash("md5")
        .update(await readFile(path))
        .digest("hex")
    : "";
  const target = stats.isSymbolicLink() ? await readlink(path) : "";
  const kind = stats.isDirectory() ? "folder" : stats.isSymbolicLink() ? "link" : "file";
  const mode = kind === "link" ? "" : (stats.mode & 0o7777).toString(8);
  const links = stats.isFile() ? stats.nlink : "";
  const line = [
    name,
    kind,
    mode,
    stats.uid,
    stats.gid,
    time(Math.floor(stats.mtimeMs / 1000)),
    links,
    target,
    content,
  ];
  const children = stats.isDirectory() ? (await readdir(path)).sort() : [];
  const rest = await Promise.all(children.map((child) => listHost(folder, join(name, child))));
  return [line.join("|"), ...rest.flat()];
}

describeStores(everyStore, "copies", (engine) => {
  const { atEnd, container, docker, path } = useEngine(engine);
  let box: string;
  leavesNoConnection();

  const shell = async (script: string): Promise<string> => {
    const { exitCode, stderr, stdout } = await docker.exec(box, ["busybox", "sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
    return stdout;
  };
  /** Everything below a folder of the container, case by case. */
  async function listBox(folder: string): Promise<Map<string, string[]>> {
    const format = "%n|%F|%a|%u|%g|%Y|%h|%N";
    const find = "busybox find . -mindepth 2";
    const text = await shell(
      `cd ${folder}; ${find} -exec busybox stat -c '${format}' {} +; ${find} -type f -exec busybox md5sum {} +`,
    );
    const cases = new Map<string, string[]>();
    for (const line of text.split("\n")) {
      const [, index = "", rest = ""] = /\.\/(\d+)\/(.*)/.exec(line) ?? [];
      const same = line
        .replaceAll(`./${index}/`, "")
        .replace(/\|(\d{9,})\|/, (_, seconds) => `|${time(Number(seconds))}|`)
        // How many links a folder has depends on the store.
        .replace(/(\|directory\|.*\|)\d+(\|)/, "$1$2");
      if (rest) cases.set(index, [...(cases.get(index) ?? []), same]);
    }
    return cases;
  }
  const cli = async (...args: string[]): Promise<boolean> => {
    const env = { ...process.env, DOCKER_HOST: engine.host };
    return promisify(execFile)("docker", ["cp", ...args], { env }).then(
      () => true,
      () => false,
    );
  };
  const ours = (copy: Promise<void>): Promise<true | Error> =>
    copy.then(
      () => true as const,
      (error: Error) => error,
    );
  const title = ({ source, destination, follow }: (typeof CASES)[number]): string =>
    `${source} to ${destination || "."}${follow ? ", link followed" : ""}`;

  beforeAll(async () => {
    box = await container("sleep", "3600");
    await docker.containerStart(box);
    await shell(
      `mkdir -p /source /cli /sdk; cd /source; ${SOURCE.replaceAll(
        /^(mkdir|ln|chown|find|chmod|touch)/gm,
        "busybox $1",
      )
        .replaceAll("; ln", "; busybox ln")
        .replaceAll("; chown", "; busybox chown")
        .replaceAll("; chmod", "; busybox chmod")
        .replaceAll("-exec touch", "-exec busybox touch")
        .replaceAll("; touch", "; busybox touch")}`,
    );
    await mkdir(path("source"));
    execFileSync("sh", ["-c", SOURCE], { cwd: path("source") });
  });

  test("keep owners, or give them to the container's user with archive", async () => {
    const owner = "busybox stat -c '%u:%g' /tmp/owned";
    await docker.copyIn(box, `${path("source")}/file`, "/tmp/owned");
    expect(await shell(owner)).toBe("1234:2345\n");
    const { Id } = await docker.containerCreate(
      { Image: "busybox:local", Cmd: ["true"], User: "77:88" },
      { name: uniqueName("owner") },
    );
    atEnd(() => docker.containerDelete(Id, { force: true }));
    await docker.copyIn(Id, `${path("source")}/file`, "/tmp/owned", { archive: true });
    const tar = await docker.containerArchive(Id, { path: "/tmp/owned" });
    const listed = execFileSync("tar", ["-tv", "--numeric-owner"], { input: await tar.bytes() });
    expect(String(listed)).toContain(" 77/88 ");
  });

  test("take a tar, as bytes and as a stream, to a folder that is there", async () => {
    const tar = execFileSync("tar", ["-c", "-C", path("source"), "dir/a", "file"]);
    await shell("busybox mkdir /tar /tar/1 /tar/2");
    await docker.copyIn(box, tar, "/tar/1");
    await docker.copyIn(box, Readable.from([tar.subarray(0, 700), tar.subarray(700)]), "/tar/2/");
    expect(await shell("cat /tar/1/dir/a /tar/2/file")).toBe("a\ncontent\n");
    expect(await rejection(docker.copyIn(box, tar, "/tar/nothing"))).toBeInstanceOf(ArgumentError);
    expect(await rejection(docker.copyIn(box, tar, "/tar/2/file"))).toBeInstanceOf(ArgumentError);
  });

  test("names and links that are not UTF-8 go in and out as they are", async () => {
    const script =
      "mkdir odd; cd odd; echo 1 >$'caf\\xe9'; echo 2 >$'caf\\xe8'; mkdir $'d\\xff'; echo 3 >$'d\\xff/\\x80'; ln -s $'to\\xe9' l";
    execFileSync("bash", ["-c", script], { cwd: path("") });
    await docker.copyIn(box, path("odd"), "/tmp");
    await docker.copyOut(box, "/tmp/odd", path("odd-back"));
    execFileSync("diff", ["-r", "--no-dereference", path("odd"), path("odd-back")]);
    const list = "cd /tmp/odd && busybox find . | busybox sort | busybox od -An -tx1 | busybox tr -d ' \\n'";
    const expected = Buffer.from(".\n./caf\xe8\n./caf\xe9\n./d\xff\n./d\xff/\x80\n./l\n", "latin1");
    expect(await shell(list)).toBe(expected.toString("hex"));
  });

  test("pipes and devices go in, sockets are left out", async () => {
    execFileSync(
      "sh",
      ["-c", "mkdir special; cd special; mkfifo -m 640 pipe; mknod null c 1 3; echo x >file"],
      { cwd: path("") },
    );
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path("special/socket"), resolve));
    await docker.copyIn(box, path("special"), "/tmp");
    await new Promise((resolve) => server.close(resolve));
    const list = "cd /tmp/special && busybox stat -c '%n %F %a %t,%T' *";
    expect(await shell(list)).toBe(
      "file regular file 644 0,0\nnull character special file 644 1,3\npipe fifo 640 0,0\n",
    );
  });

  test("a file that cannot be read completely is an ArgumentError that names it", async () => {
    // It says that it has 4096 bytes, and has fewer.
    const shrinking = "/sys/kernel/mm/transparent_hugepage/enabled";
    const error = await rejection(docker.copyIn(box, shrinking, "/tmp"));
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain(`${shrinking} became shorter`);
    const missing = createReadStream(path("nothing"));
    expect(await rejection(docker.copyIn(box, missing, "/tmp"))).toBeInstanceOf(ArgumentError);
    expect(await rejection(docker.copyIn(box, "", "/tmp"))).toBeInstanceOf(ArgumentError);
  });

  test("out of a container touch nothing after a timeout, and leave no part of a file", async () => {
    await shell("busybox dd if=/dev/zero of=/tmp/slow bs=1M count=256 2>/dev/null");
    await writeFile(path("slow"), "older");
    for (let round = 0; round < 5; round += 1) {
      const copying = docker.copyOut(box, "/tmp/slow", path("slow"), { timeout: 30 });
      expect(await rejection(copying)).toBeInstanceOf(TimeoutError);
      expect(await readFile(path("slow"), "utf8")).toBe(round === 0 ? "older" : "mine");
      await writeFile(path("slow"), "mine");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await readFile(path("slow"), "utf8")).toBe("mine");
    expect((await readdir(path(""))).filter((name) => name.endsWith(".partial"))).toEqual([]);
    await shell("rm /tmp/slow");
  });

  test("a big file is copied in and out completely, in constant memory", async () => {
    const big = path("big");
    execFileSync("sh", ["-c", `head -c ${256 * MIB} /dev/urandom >${big}`]);
    const before = process.memoryUsage.rss();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss() - before);
    }, 5);
    await docker.copyIn(box, big, "/tmp/big");
    await docker.copyOut(box, "/tmp/big", path("back"));
    clearInterval(watch);
    execFileSync("cmp", [big, path("back")]);
    expect(peak).toBeLessThan(120 * MIB);
    await shell("rm /tmp/big");
  });

  test.each(["copyIn", "copyOut"] as const)(
    "a signal and a timeout end %s, and its connection",
    async (what) => {
      const big = path(`for-${what}`);
      execFileSync("sh", ["-c", `head -c ${256 * MIB} /dev/zero >${big}`]);
      if (what === "copyOut") await docker.copyIn(box, big, "/tmp/long");
      const copy = (limits: CopyInOptions) =>
        what === "copyIn"
          ? docker.copyIn(box, big, "/tmp/never", limits)
          : docker.copyOut(box, "/tmp/long", path("never"), limits);
      expect(await rejection(copy({ signal: AbortSignal.timeout(60) }))).toBeInstanceOf(AbortedError);
      expect(await rejection(copy({ timeout: 60 }))).toBeInstanceOf(TimeoutError);
    },
  );

  test("what is not there is the Engine's 404, before anything is written here", async () => {
    for (const copy of [
      () => docker.copyOut(box, "/nothing", path("nothing")),
      () => docker.copyOut("sdk-test-nothing", "/bin", path("nothing")),
      () => docker.copyIn(box, `${path("source")}/dir`, "/nothing/at/all"),
      () => docker.copyIn("sdk-test-nothing", `${path("source")}/dir`, "/x"),
    ]) {
      expect(isEngineError(await rejection(copy()), 404)).toBe(true);
    }
    expect(existsSync(path("nothing"))).toBe(false);
  });

  test("devices are refused, and so is a device as a destination", async () => {
    await shell("busybox mknod /tmp/null c 1 3");
    expect(await rejection(docker.copyOut(box, "/tmp/null", path("null")))).toBeInstanceOf(StreamError);
    expect(await rejection(docker.copyOut(box, "/bin/busybox", "/dev/null"))).toBeInstanceOf(ArgumentError);
    expect(await rejection(docker.copyIn(box, `${path("source")}/file`, "/tmp/null"))).toBeInstanceOf(
      ArgumentError,
    );
    expect(existsSync(path("null"))).toBe(false);
  });

  if (engine.store === "containerd") {
    /** Some at once: each has folders of its own, and the CLI mostly waits. */
    const eachCase = async (
      work: (i: number, given: (typeof CASES)[number]) => Promise<void>,
    ): Promise<void> => {
      const cases = CASES.entries();
      const next = async (): Promise<void> => {
        for (const [i, given] of cases) await work(i, given);
      };
      await Promise.all([1, 2, 3, 4].map(next));
    };

    test("into a container match docker cp in each case", async () => {
      const script = DESTINATION.replaceAll("mkdir", "busybox mkdir")
        .replaceAll("ln -s", "busybox ln -s")
        .replace("set -e", "");
      for (const who of ["cli", "sdk"]) {
        await shell(
          `for i in $(busybox seq 0 ${CASES.length - 1}); do mkdir -p /${who}/$i; cd /${who}/$i; ${script}\ndone`,
        );
      }
      const differing: string[] = [];
      let copied = 0;
      await eachCase(async (i, given) => {
        const from = `${path("source")}/${given.source}`;
        const flags = given.follow ? ["-L"] : [];
        const copy = docker.copyIn(box, from, `/sdk/${i}/${given.destination}`, { followLink: given.follow });
        const [expected, result] = await Promise.all([
          cli(...flags, from, `${box}:/cli/${i}/${given.destination}`),
          ours(copy),
        ]);
        if (expected) copied += 1;
        if (expected !== (result === true))
          differing.push(`${title(given)}: docker cp ${expected}, ours ${result}`);
      });
      const [want, got] = [await listBox("/cli"), await listBox("/sdk")];
      expect(want.size).toBe(CASES.length);
      for (const [i, given] of CASES.entries()) {
        const lists = [want, got].map((cases) => cases.get(String(i))?.sort().join("\n"));
        if (lists[0] !== lists[1]) differing.push(`${title(given)}:\n${lists.join("\nours:\n")}`);
      }
      expect(differing).toEqual([]);
      expect(copied).toBeGreaterThan(CASES.length / 3);
    }, 600_000);

    test("out of a container match docker cp in each case", async () => {
      const differing: string[] = [];
      let copied = 0;
      const foldersOf = (i: number) => ["cli", "sdk"].map((who) => path(`${who}-${i}`)) as [string, string];
      await mkdir(path("destination"));
      execFileSync("sh", ["-c", DESTINATION], { cwd: path("destination") });
      const copies = CASES.flatMap((_, i) => foldersOf(i));
      execFileSync("sh", ["-c", 'for copy; do cp -a "$0" "$copy"; done', path("destination"), ...copies]);
      await eachCase(async (i, given) => {
        const folders = foldersOf(i);
        const flags = given.follow ? ["-L"] : [];
        const from = `/source/${given.source}`;
        const [want, got] = folders;
        const copy = docker.copyOut(box, from, `${got}/${given.destination}`, { followLink: given.follow });
        const [expected, result] = await Promise.all([
          cli(...flags, `${box}:${from}`, `${want}/${given.destination}`),
          ours(copy),
        ]);
        if (expected) copied += 1;
        if (expected !== (result === true))
          differing.push(`${title(given)}: docker cp ${expected}, ours ${result}`);
        // Where docker cp fails midway, it does not promise how far it got.
        if (!expected) return;
        const lists = await Promise.all(folders.map((folder) => listHost(folder)));
        if (lists[0]?.join("\n") !== lists[1]?.join("\n")) {
          differing.push(`${title(given)}:\n${lists[0]?.join("\n")}\nours:\n${lists[1]?.join("\n")}`);
        }
      });
      expect(differing).toEqual([]);
      expect(copied).toBeGreaterThan(CASES.length / 3);
    }, 600_000);
  }
});
