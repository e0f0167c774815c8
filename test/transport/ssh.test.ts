import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ConnectionError, Docker } from "../../src/index.js";
import { startFakeEngine } from "../../src/testing/index.js";
import { sshArguments } from "../../src/transport/ssh-connection.js";

const fixed = ["-o", "ConnectTimeout=30", "-T", "--"];

test.each([
  { given: { hostname: "box" }, want: [...fixed, "box", "docker system dial-stdio"] },
  {
    given: { hostname: "box", user: "me", port: 2222 },
    want: ["-l", "me", "-p", "2222", ...fixed, "box", "docker system dial-stdio"],
  },
  {
    given: { hostname: "box", socketPath: "/run/it's; rm -rf x.sock" },
    want: [...fixed, "box", "docker '--host=unix:///run/it'\\''s; rm -rf x.sock' system dial-stdio"],
  },
])("$given becomes the arguments $want", ({ given, want }) => {
  expect(sshArguments({ kind: "ssh", ...given })).toEqual(want);
});

describe("with a stand-in for ssh on the path", () => {
  let folder: string;
  const path = process.env.PATH;

  /** Puts a program called ssh first on the path. */
  async function install(script: string): Promise<void> {
    const file = join(folder, "ssh");
    await writeFile(file, `#!${process.execPath}\n${script}`);
    await chmod(file, 0o755);
    process.env.PATH = `${folder}${delimiter}${path}`;
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ssh-"));
  });

  afterEach(async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true });
  });

  test("calls go through it, on connections that are kept, nine at most", async () => {
    await using fake = await startFakeEngine({ images: [{ name: "demo" }] });
    const log = join(folder, "log");
    const socket = fake.host.replace("unix://", "");
    await install(`
      require("node:fs").appendFileSync(${JSON.stringify(log)}, "x");
      const socket = require("node:net").connect(${JSON.stringify(socket)});
      process.stdin.pipe(socket).pipe(process.stdout);`);
    const docker = new Docker({ host: "ssh://me@box" });
    const calls = Array.from({ length: 30 }, () => docker.systemPing().unwrap());
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["OK"]));
    expect((await (await docker.imageGet("demo").unwrap()).bytes()).length).toBeGreaterThan(64 * 1024);
    const { length } = await readFile(log, "utf8");
    expect(length).toBeLessThanOrEqual(9);
    await docker.close();
  }, 30_000);

  test("what ssh says is in the ConnectionError", async () => {
    await install(`process.stderr.write("Host key verification failed.\\n"); process.exitCode = 255;`);
    const docker = new Docker({ host: "ssh://box" });
    for (const result of [await docker.systemPing(), await docker.containerAttach("web", { stream: true })]) {
      expect(!result.ok && result.error).toBeInstanceOf(ConnectionError);
      expect(!result.ok && result.error.message).toContain(
        "ssh://box: Host key verification failed. Check that",
      );
    }
    await docker.close();
  });

  test("a machine without ssh says so", async () => {
    process.env.PATH = folder;
    const docker = new Docker({ host: "ssh://box" });
    const result = await docker.systemPing();
    expect(!result.ok && result.error.message).toContain("the command ssh is not installed here");
    await docker.close();
  });
});
