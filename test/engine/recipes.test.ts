import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { builtProgram } from "../helpers/built-program.js";
import { examplesOf } from "../helpers/docs-examples.js";
import { anyEngine, inNetworkOf, until, useEngine } from "./engine.js";
import { proxyEngine } from "./engine-proxy.js";
import { startSshd } from "./transports/sshd.js";
import { haveCommands } from "./transports/transports.js";
import { builtEntry } from "./versions/built-entry.js";

const socket = anyEngine.host.replace("unix://", "");

/** A server with a tool that adds two numbers, as far as a shell can be one. */
const MCP_SERVER = `#!/bin/sh
while read -r line; do
  id=$(echo "$line" | sed -n 's/.*"id":\\([0-9]*\\).*/\\1/p')
  case $line in
    *'"method":"initialize"'*)
      echo initialize >&2
      result='{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"adder","version":"1.0.0"}}' ;;
    *'"method":"tools/call"'*)
      echo add >&2
      a=$(echo "$line" | sed 's/.*"a":\\([0-9]*\\).*/\\1/') b=$(echo "$line" | sed 's/.*"b":\\([0-9]*\\).*/\\1/')
      result="{\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"$((a + b))\\"}]}" ;;
    *) continue ;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,"result":%s}\\n' "$id" "$result"
done
`;

describe("the recipes", () => {
  const { atEnd, docker, path } = useEngine(anyEngine);
  const folder = (): string => path("recipes");
  const running: ChildProcess[] = [];
  let programs: ReadonlyMap<string, string>;

  beforeAll(async () => {
    // Builds the package if the sources are newer.
    builtEntry("testing");
    const found = [...(await examplesOf("recipes.md")), ...(await examplesOf("recipes.md", "js"))];
    programs = new Map(found.map(({ title, code }) => [title, code]));
    await mkdir(folder());
    for (const [name, tag] of Object.entries({ alpine: "3.20", busybox: "1.37" })) {
      await docker.imageTag("busybox:local", { repo: name, tag });
      atEnd(() => docker.imageDelete(`${name}:${tag}`));
    }
  }, 600_000);
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });

  interface Outcome {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
  }

  /** Runs the program under a heading; `onOutput` sees all that it has printed so far. */
  async function run(
    heading: string,
    settings: {
      args?: readonly string[];
      env?: object;
      onOutput?: (output: string) => void;
      /** A prefix of the command. */
      under?: readonly string[];
    } = {},
  ): Promise<Outcome> {
    const { args = [], env, onOutput, under = [] } = settings;
    const program = programs.get(`${heading} 1`) ?? "";
    expect(program).not.toBe("");
    const file = join(folder(), `${heading.replaceAll(/\W+/g, "-")}.mjs`);
    await writeFile(file, builtProgram(program));
    const [command = "", ...words] = [...under, process.execPath, file, ...args];
    const child = spawn(command, words, {
      cwd: folder(),
      env: { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: anyEngine.host, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.push(child);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        onOutput?.(output.stdout);
      });
    }
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code, signal, ...output }));
    });
  }

  /** Starts a container of busybox:local that sleeps. */
  async function sleeping(name: string, Labels: Record<string, string> = {}): Promise<string> {
    const { Id } = await docker.containerCreate(
      {
        Image: "busybox:local",
        Cmd: ["sh", "-c", "echo out; echo err >&2; exec sleep 600"],
        Labels,
        HostConfig: { NetworkMode: "none", Init: true },
      },
      { name },
    );
    atEnd(() => docker.containerDelete(Id, { force: true }));
    await docker.containerStart(Id);
    return Id;
  }

  test("an MCP server over exec", async () => {
    const id = await sleeping("tools");
    const install = ["sh", "-c", "cat > /bin/mcp-server; chmod +x /bin/mcp-server"];
    await docker.exec(id, install, { stdin: MCP_SERVER });
    expect(await run("An MCP server over exec")).toEqual({
      code: 0,
      signal: null,
      stdout:
        "{\n  protocolVersion: '2025-06-18',\n  capabilities: { tools: {} },\n" +
        "  serverInfo: { name: 'adder', version: '1.0.0' }\n}\n" +
        "{ content: [ { type: 'text', text: '5' } ] }\n",
      stderr: "initialize\nadd\n",
    });
  });

  if (haveCommands("ssh", "sshd")) {
    test("ssh with a key from a database", async () => {
      const install = ["install", "--ignore-scripts", "--omit=optional", "--prefer-offline", "ssh2@1"];
      await writeFile(join(folder(), "package.json"), JSON.stringify({ private: true }));
      await promisify(execFile)("npm", [...install, "--no-audit", "--no-fund"], { cwd: folder() });
      await using sshd = await startSshd(socket);
      const { port, username, privateKey, fingerprint } = sshd.login;
      const env = {
        SSH_HOST: "127.0.0.1",
        SSH_PORT: `${port}`,
        SSH_USER: username,
        SSH_KEY: privateKey,
        SSH_SOCKET: socket,
        DOCKER_HOST: "",
      };
      const heading = "ssh with a key from a database";
      expect(await run(heading, { env: { ...env, SSH_FINGERPRINT: fingerprint } })).toEqual({
        code: 0,
        signal: null,
        stdout: "OK\napple\npear\n\n",
        stderr: "",
      });
      const impostor = await run(heading, { env: { ...env, SSH_FINGERPRINT: "another" } });
      expect(impostor.stderr).toMatch(/Host denied/);
      expect(impostor.code).toBe(1);
    });
  }

  test("a detached container with ports", async () => {
    const outcome = await run("A detached container with ports", { under: inNetworkOf(anyEngine) });
    atEnd(() => docker.containerDelete("files", { force: true }));
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/^http:\/\/(localhost|127\.0\.0\.1):\d+\/\n$/);
    expect((await docker.containerInspect("files")).State.Running).toBe(true);
  });

  test("cleaning up by label, also after a crash", async () => {
    const crashed = await run("Cleaning up by label", { args: ["crash"] });
    expect(crashed.signal).toBe("SIGKILL");
    const filters = { label: ["com.example.app=shop-tests"] };
    expect(await docker.containerList({ filters })).toHaveLength(1);

    const { code, stdout } = await run("Cleaning up by label");
    const removed =
      "\\{\n  containers: 1,\n  NetworksDeleted: \\[ 'shop' \\],\n  VolumesDeleted: \\[ 'shop-data' \\],\n  images: 0\n\\}\n";
    expect(stdout).toMatch(new RegExp(`^before: ${removed}after: ${removed}$`));
    expect(code).toBe(0);
    expect(await docker.containerList({ all: true, filters })).toEqual([]);
  });

  test("following many logs at once, also of a container that starts later or again", async () => {
    // Logs arrive late, so events overtake them: a start is told before the log of the run before it ends.
    const proxy = await proxyEngine(anyEngine, (path, answer, outgoing) => {
      const delay = path.includes("/logs?") ? 500 : 0;
      answer.on("data", (bytes) => setTimeout(() => outgoing.write(bytes), delay));
      answer.once("end", () => setTimeout(() => outgoing.end(), delay));
    });
    atEnd(proxy.close);
    const labels = { "com.example.app": "shop" };
    await sleeping("shop-early", labels);
    let seen = "";
    const following = run("Following many logs at once", {
      env: { DOCKER_HOST: proxy.host },
      onOutput: (output) => {
        seen = output;
      },
    });
    const sees = (times: number, name: string) =>
      until(`sees ${name} ${times} times`, () =>
        ["stdout | out", "stderr | err"].every((text) => seen.split(`${name} ${text}\n`).length > times),
      );
    await sees(1, "shop-early");
    await sleeping("shop-late", labels);
    await sees(1, "shop-late");
    for (const lines of [4, 6]) {
      await docker.containerRestart("shop-early", { t: 0 });
      await until(`has printed ${lines} lines`, async () => {
        const logs = await docker.containerLogs("shop-early", { stdout: true, stderr: true });
        let found = 0;
        for await (const _ of logs.lines()) found += 1;
        return found === lines;
      });
    }
    await sees(3, "shop-early");
    for (const child of running) child.kill("SIGINT");
    const { code, stdout, stderr } = await following;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = ["early", "early", "early", "late"].flatMap((name) => [
      `shop-${name} stderr | err`,
      `shop-${name} stdout | out`,
    ]);
    expect(stdout.trimEnd().split("\n").sort()).toEqual(lines.sort());
  });

  test("CPU and memory in percent", async () => {
    await sleeping("idle");
    const { code, stdout } = await run("CPU and memory in percent");
    expect(stdout).toMatch(/^(\/[\w-]+ CPU \d+\.\d\d % memory \d+\.\d MiB \d+\.\d\d %\n)+$/);
    expect(stdout).toContain("/idle CPU 0.0");
    expect(code).toBe(0);
  });
});
