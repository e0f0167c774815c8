import { Readable } from "node:stream";
import {
  ArgumentError,
  Docker,
  demux,
  isEngineError,
  StreamError,
  type TarFile,
  tarOf,
} from "../../../src/index.js";
import { describeStores, everyStore, fromEnvironment, rejection, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

const filesToCopy = (): TarFile[] => [
  { path: "/deep/er/file", content: "hello\n" },
  { path: "/deep/script", content: Buffer.from("#!/bin/sh\n"), mode: 0o4755, uid: 1234, gid: 2345 },
  { path: "/deep/empty/", mode: 0o700 },
  { path: "/deep/link", link: "er/file", uid: 5 },
  { path: `/deep/${"ü".repeat(120)}`, content: "long" },
  {
    path: "/deep/stream",
    content: Readable.from(["str", "eam"]),
    size: 6,
    mtime: new Date("2001-02-03T04:05:06Z"),
  },
];

function filesOn(
  what: string,
  host: string,
  bench: { container(...command: string[]): Promise<string> },
): void {
  const docker = new Docker({ host });
  let box: string;

  const shell = async (script: string): Promise<string> => {
    const { exitCode, stderr, stdout } = await docker.exec(box, ["sh", "-c", script]);
    if (exitCode !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
    return stdout;
  };
  beforeAll(async () => {
    box = await bench.container("sleep", "600");
    await docker.containerStart(box);
  });
  afterAll(() => docker.close());

  test(`${what}: copyContentIn makes folders, files and links with all they say`, async () => {
    await docker.copyContentIn(box, filesToCopy());
    const listed = await shell("cd /deep && stat -c '%n %F %a %u %g %N' * er/* && cat er/file stream link");
    expect(listed.split("\n")).toEqual([
      "empty directory 700 0 0 empty",
      "er directory 755 0 0 er",
      "link symbolic link 777 5 0 'link' -> 'er/file'",
      "script regular file 4755 1234 2345 script",
      "stream regular file 644 0 0 stream",
      expect.stringMatching(/^ü{120} regular file 644 0 0 /),
      "er/file regular file 644 0 0 er/file",
      ...["hello", "streamhello", ""],
    ]);
    const [old, now] = (await shell("cd /deep && stat -c %Y stream er/file && date +%s")).split("\n");
    expect(Number(old)).toBe(Date.parse("2001-02-03T04:05:06Z") / 1000);
    expect(Math.abs(Number(now) - Date.now() / 1000)).toBeLessThan(60);
  });

  test(`${what}: copyContentIn creates its folder, through links, and replaces files and links`, async () => {
    await shell("mkdir -p /real /x && ln -s /real /way && echo old >/x/file && ln -s /etc/passwd /x/link");
    await docker.copyContentIn(box, [{ path: "file", content: "new" }], { path: "/way/a/b" });
    expect(await shell("cat /real/a/b/file; stat -c %a /real/a")).toBe("new755\n");
    await docker.copyContentIn(
      box,
      [
        { path: "file", content: "new" },
        { path: "link", content: "own" },
      ],
      {
        path: "/x",
      },
    );
    expect(await shell("cat /x/file /x/link; grep -c root /etc/passwd")).toBe("newown1\n");
    const below = await rejection(docker.copyContentIn(box, [{ path: "a" }], { path: "/x/file" }));
    expect(String(below)).toContain("copyContentIn: /x/file in the container");
    const clash = await rejection(docker.copyContentIn(box, [{ path: "x", content: "a file" }]));
    expect(isEngineError(clash)).toBe(true);
    expect(await shell("ls -d /x")).toBe("/x\n");
  });

  test(`${what}: readFile and writeFile give back what was written`, async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 256));
    await docker.writeFile(box, "/tmp/bytes", bytes);
    expect((await docker.readFile(box, "/tmp/bytes")).equals(bytes)).toBe(true);
    await docker.writeFile(box, "/tmp/text", "ünï\n");
    expect(await docker.readFile(box, "/tmp/text", "utf8")).toBe("ünï\n");
    expect(await docker.readFile(box, "/tmp/text", { encoding: "base64" })).toBe("w7xuw68K");
    await docker.writeFile(box, "/tmp/empty", "");
    expect((await docker.readFile(box, "/tmp/empty")).length).toBe(0);
    expect(await rejection(docker.readFile(box, "/tmp/bytes", { maxSize: 1000 }))).toBeInstanceOf(
      StreamError,
    );
    expect(await shell("stat -c '%a %u' /tmp/text")).toBe("644 0\n");
  });

  test(`${what}: writeFile keeps mode and owner, follows links, and does as it is told`, async () => {
    await shell(
      "mkdir -p /w && cd /w && echo old >f && chmod 640 f && chown 7:8 f && ln -s f l && ln -s made d && ln -s / up",
    );
    await docker.writeFile(box, "/w/l", "new");
    expect(await shell("cat /w/f; stat -c '%a %u %g %F' /w/f /w/l")).toMatch(
      // Podman's archives do not say who owns a file.
      what === "Podman" ? /^new640 0 0 / : /^new640 7 8 regular file\n777 \d+ \d+ symbolic link\n$/,
    );
    await docker.writeFile(box, "/w/d", "through a link to nothing", { mode: 0o600, uid: 9 });
    expect(await shell("cat /w/made; stat -c ' %a %u %g' /w/made")).toBe(
      "through a link to nothing 600 9 0\n",
    );
    await docker.writeFile(box, "/w/up/w/far", "far");
    expect(await docker.readFile(box, "/w/up/w/far", "utf8")).toBe("far");
  });

  test(`${what}: what is not a file is refused, and so is what is missing`, async () => {
    await shell("mkdir -p /n && mkfifo /n/pipe && ln -s a /n/b && ln -s b /n/a && ln -s nothing /n/broken");
    for (const path of ["/etc", "/n/pipe", "/n/../etc"]) {
      expect(await rejection(docker.readFile(box, path))).toBeInstanceOf(ArgumentError);
      expect(await rejection(docker.writeFile(box, path, "x"))).toBeInstanceOf(ArgumentError);
    }
    for (const path of ["/n/nothing", "/n/broken", "/nothing/nothing", "/etc/passwd/x"]) {
      expect([path, await rejection(docker.readFile(box, path))]).toEqual([
        path,
        expect.objectContaining({ code: "ERR_DOCKER_ENGINE" }),
      ]);
    }
    expect(isEngineError(await rejection(docker.readFile("no-such-box", "/x")), 404)).toBe(true);
    expect(isEngineError(await rejection(docker.writeFile("no-such-box", "/x", "x")), 404)).toBe(true);
    expect(isEngineError(await rejection(docker.copyContentIn("no-such-box", [{ path: "x" }])), 404)).toBe(
      true,
    );
    const lost = docker.writeFile(box, "/no/folder/x", "x");
    expect(String(await rejection(lost))).toMatch(
      /^ArgumentError: writeFile: the folder \/no\/folder does not exist/,
    );
    expect(String(await rejection(docker.writeFile(box, "/etc/passwd/x", "x")))).toMatch(
      /not a directory|is a file; name a folder/,
    );
  });

  test(`${what}: a container that was never started has files too`, async () => {
    const created = await bench.container("true");
    await docker.writeFile(created, "/etc/early", "early");
    expect(await docker.readFile(created, "/etc/early", "utf8")).toBe("early");
    await docker.copyContentIn(created, [{ path: "new/folder/file", content: "x" }]);
    expect(await docker.readFile(created, "new/folder/file", "utf8")).toBe("x");
  });

  test(`${what}: the container's user owns them with archive, and a read-only file system refuses`, async () => {
    const { Id: users } = await docker.containerCreate({
      ...{ Image: "busybox:local", Cmd: ["sleep", "600"], User: "1000:1001" },
      StopTimeout: 0,
      HostConfig: { NetworkMode: "none" },
    });
    const { Id: readOnly } = await docker.containerCreate({
      ...{ Image: "busybox:local", Cmd: ["sleep", "600"] },
      StopTimeout: 0,
      HostConfig: { NetworkMode: "none", ReadonlyRootfs: true },
    });
    try {
      await docker.containerStart(users);
      await docker.writeFile(users, "/mine", "x", { archive: true });
      await docker.copyContentIn(users, [{ path: "/also", uid: 5 }], { archive: true });
      const { stdout } = await docker.exec(users, ["sh", "-c", "stat -c '%u %g' /mine /also"]);
      expect(stdout).toBe("1000 1001\n1000 1001\n");
      await docker.containerStart(readOnly);
      const error = await rejection(docker.writeFile(readOnly, "/x", "x"));
      expect([what, isEngineError(error)]).toEqual([what, true]);
    } finally {
      await docker.containerDelete(users, { force: true });
      await docker.containerDelete(readOnly, { force: true });
    }
  });
}

const CONTEXT: TarFile[] = [
  { path: "Dockerfile", content: "FROM busybox:local\nCOPY sub /sub\nCOPY run /run.sh\nCMD /run.sh\n" },
  { path: "sub/file", content: "in memory\n" },
  { path: "run", content: "#!/bin/sh\ncat /sub/*\n", mode: 0o755 },
];

describeStores(everyStore, "files", (engine) => {
  const bench = useEngine(engine);
  const { container, docker, imageName } = bench;
  leavesNoConnection();
  filesOn(engine.store, engine.host, bench);

  test.each(["buildkit", "classic"] as const)(
    "an image is built from files in memory: %s",
    async (builder) => {
      const tag = imageName(`memory-${builder}`);
      await docker.build(CONTEXT, { tags: tag, builder });
      expect((await docker.run(tag, [], { remove: true })).stdout).toBe("in memory\n");
    },
  );

  test("copyIn takes a tar of files in memory", async () => {
    const box = await container("true");
    await docker.copyIn(box, tarOf([{ path: "a/b", content: "x" }]), "/tmp");
    expect(await docker.readFile(box, "/tmp/a/b", "utf8")).toBe("x");
  });

  test("any path is asked, with upgraded connections and frames from elsewhere", async () => {
    const box = await container("sleep", "600");
    await docker.containerStart(box);
    const info = await docker.request({ path: "/info" });
    expect((await info.json<{ ID: string }>()).ID).toBe((await docker.systemInfo()).ID);
    expect((await docker.request({ path: "/_ping", versioned: false })).status).toBe(200);
    const filters = { id: [box] };
    const listed = await docker.request({ path: "/containers/json", query: { all: true, filters } });
    expect(await listed.json()).toMatchObject([{ Id: box }]);
    expect(isEngineError(await rejection(docker.request({ path: "/containers/none/json" })), 404)).toBe(true);
    const exec = {
      Cmd: ["sh", "-c", "cat; echo err >&2"],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    };
    const made = await docker.request({ method: "POST", path: `/containers/${box}/exec`, body: exec });
    const { Id } = await made.json<{ Id: string }>();
    const started = await docker.request({
      ...{ method: "POST", path: `/exec/${Id}/start`, body: { Detach: false, Tty: false }, upgrade: true },
    });
    started.duplex.end("hello");
    expect(await demux(started.duplex).text()).toEqual({ stdout: "hello", stderr: "err\n" });
  });
});

const podman = fromEnvironment("DOCKER_HOST_PODMAN_58", "files on Podman");
if (podman)
  describe("files on Podman", () => {
    const made: string[] = [];
    const docker = new Docker({ host: podman });
    const container = async (...Cmd: string[]): Promise<string> => {
      const { Id } = await docker.containerCreate({
        Image: "busybox:local",
        Cmd,
        StopTimeout: 0,
        HostConfig: { NetworkMode: "none" },
      });
      made.push(Id);
      return Id;
    };
    afterAll(async () => {
      for (const id of made) await docker.containerDelete(id, { force: true });
      await docker.close();
    });
    filesOn("Podman", podman, { container });

    test("docker.request speaks libpod's API", async () => {
      const info = await docker.request({ path: "/libpod/info" });
      expect((await info.json<{ host: { os: string } }>()).host.os).toBe("linux");
      const name = `sdk-test-pod-${process.pid}`;
      const path = "/v5.0.0/libpod/pods/create";
      const created = await docker.request({ method: "POST", path, versioned: false, body: { name } });
      const { Id } = await created.json<{ Id: string }>();
      const filters = { name: [name] };
      const listed = await docker.request({ path: "/libpod/pods/json", query: { filters } });
      expect(await listed.json()).toMatchObject([{ Id, Name: name }]);
      await docker.request({ method: "DELETE", path: `/libpod/pods/${name}`, query: { force: true } });
      const gone = await docker.request({ path: `/libpod/pods/${name}/exists` }).result();
      expect(gone).toMatchObject({ ok: false, status: 404 });
    });
  });
