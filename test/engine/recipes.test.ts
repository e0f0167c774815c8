import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { examplesOf } from "../helpers/docs-examples.js";
import { containerd, until, useEngine } from "./engine.js";
import { startSshd } from "./transports/sshd.js";
import { haveCommands } from "./transports/transports.js";

const root = process.cwd();
const tsx = createRequire(join(root, "package.json")).resolve("tsx");
const socket = containerd.host.replace("unix://", "");

describe("the recipes", () => {
  const { atEnd, docker, path } = useEngine(containerd);
  const folder = (): string => path("recipes");
  const running: ChildProcess[] = [];
  let programs: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const found = [...(await examplesOf("recipes.md")), ...(await examplesOf("recipes.md", "js"))];
    programs = new Map(found.map(({ title, code }) => [title, code]));
    await mkdir(folder());
    await docker.imageTag("busybox:local", { repo: "alpine", tag: "3.20" });
    atEnd(() => docker.imageDelete("alpine:3.20"));
  });
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
    const file = join(folder(), `${heading.replaceAll(/\W+/g, "-")}.mts`);
    const sdk = pathToFileURL(join(root, "src", "index.ts")).href;
    await writeFile(file, program.replace('"docker-engine-sdk"', JSON.stringify(sdk)));
    const [command = "", ...words] = [
      ...under,
      process.execPath,
      "--import",
      pathToFileURL(tsx).href,
      file,
      ...args,
    ];
    const child = spawn(command, words, {
      cwd: folder(),
      env: { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: containerd.host, ...env },
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
    const start = async (name: string): Promise<void> => {
      const { Id } = await docker.containerCreate(
        {
          Image: "busybox:local",
          Cmd: ["sh", "-c", "echo out; echo err >&2; exec sleep 600"],
          Labels: { "com.example.app": "shop" },
          HostConfig: { NetworkMode: "none", Init: true },
        },
        { name },
      );
      atEnd(() => docker.containerDelete(Id, { force: true }));
      await docker.containerStart(Id);
    };
    await start("shop-early");
    let seen = "";
    const following = run("Following many logs at once", {
      onOutput: (output) => {
        seen = output;
      },
    });
    const sees = (...lines: string[]) =>
      until(`sees ${lines}`, () => lines.every((line) => seen.includes(`${line}\n`)));
    await sees("shop-early stdout | out", "shop-early stderr | err");
    await start("shop-late");
    await sees("shop-late stdout | out", "shop-late stderr | err");
    await docker.containerRestart("shop-early", { t: 0 });
    await until("sees it again", () => (seen.match(/shop-early stdout \| out\n/g) ?? []).length === 2);
    for (const child of running) child.kill("SIGINT");
    expect(await following).toMatchObject({ code: 0, stderr: "" });
  });
});
