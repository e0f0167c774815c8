import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFile, cp, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { installPackage } from "../consumers/installed-package.js";
import { blocksOf } from "../helpers/docs-examples.js";
import { anyEngine, inNetworkOf, uniqueName, until, useEngine } from "./engine.js";
import { needRegistry, startRegistry } from "./registry.js";

const IMAGE = "busybox:local";
const root = process.cwd();
const bin = (name: string): string => join(root, "node_modules", name);

/** As users write it, stricter than most do. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    types: ["node", "jest"],
    outDir: "out",
  },
  include: ["examples"],
};

/** As users configure Jest, who mostly have CommonJS there. */
const JEST_CONFIG = {
  transform: { "^.+\\.ts$": ["@swc/jest", { module: { type: "commonjs" } }] },
  moduleNameMapper: { "^(\\./.*)\\.js$": "$1" },
  testMatch: ["**/*.jest.test.ts"],
};

/** Needs all parts that are loaded when first used: upgraded connections, archives, BuildKit and WebSockets. */
const BUNDLED_PROGRAM = `
import { dirname } from "node:path";
import { Docker } from "docker-engine-sdk";

const [image, dockerfile] = process.argv.slice(2);
const docker = new Docker();
console.log((await docker.run(image, ["sort"], { stdin: "pear\\napple\\n", remove: true })).stdout);
const { id } = await docker.build(dirname(dockerfile), { noCache: true });
if (id) console.log("built");
await docker.imageDelete(id);
const { Id } = await docker.containerCreate({ Image: image, Cmd: ["cat"], OpenStdin: true, StdinOnce: true });
await docker.copyIn(Id, dockerfile, "/");
const attached = await docker.containerAttachWebsocket(Id, { stream: true, stdin: true, stdout: true });
await docker.containerStart(Id);
attached.stdin.write("hello\\n");
for await (const { data } of attached) {
  process.stdout.write(data);
  break;
}
await docker.containerDelete(Id, { force: true });
await docker.close();
`;

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

describe("the examples, with the packed package", () => {
  const bench = useEngine(anyEngine);
  const { atEnd, container, docker, imageName, path } = bench;
  const folder = (): string => path("consumer");
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    await mkdir(folder());
    await installPackage(folder());
    const names = await readdir(join(root, "examples"));
    for (const name of names.filter((name) => !name.startsWith("demo")))
      await cp(join(root, "examples", name), join(folder(), "examples", name), { recursive: true });
    // What users install beside it.
    for (const name of [
      "@opentelemetry/api",
      "@swc/core",
      "@swc/jest",
      "@types/jest",
      "@types/node",
      "@types/ws",
      "vitest",
      "webpack",
    ]) {
      const link = join(folder(), "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(bin(name), link);
    }
    await writeFile(join(folder(), "tsconfig.json"), JSON.stringify(TSCONFIG));
    await writeFile(join(folder(), "jest.config.json"), JSON.stringify(JEST_CONFIG));
    await promisify(execFile)(process.execPath, [bin("typescript/bin/tsc"), "-p", folder()]).catch(
      ({ stdout }: { stdout: string }) => {
        throw new Error(`The examples do not compile:\n${stdout}`);
      },
    );
    // Where dist/ is out of date, it is built first.
  }, 300_000);
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
  });

  /** Starts an example; `onOutput` sees all that it has printed so far. */
  function start(
    name: string,
    args: readonly string[],
    {
      env,
      input,
      onOutput,
    }: { env?: object; input?: string; onOutput?: (output: string, child: ChildProcess) => void } = {},
  ): Promise<Outcome> {
    const child = spawn(process.execPath, [join(folder(), "out", `${name}.js`), ...args], {
      cwd: folder(),
      env: { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: anyEngine.host, ...env },
    });
    started.push(child);
    child.stdin.end(input);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        onOutput?.(output, child);
      });
    }
    return new Promise((resolve, reject) => {
      child.once("error", reject).once("close", (code) => resolve({ code, output }));
    });
  }

  /** Sends Ctrl-C once, when the output is as expected. */
  const interruptAt = (expected: RegExp) => {
    let sent = false;
    return (output: string, child: ChildProcess): void => {
      if (!sent && expected.test(output)) sent = child.kill("SIGINT");
    };
  };

  const runningContainer = async (...command: string[]): Promise<string> => {
    const id = await container(...command);
    await docker.containerStart(id);
    return id;
  };

  describe("bundled into one file", () => {
    beforeAll(async () => {
      for (const name of ["app.ts", "app.js"]) await writeFile(join(folder(), name), BUNDLED_PROGRAM);
      await writeFile(join(folder(), "Dockerfile"), `FROM ${IMAGE}\nRUN echo built\n`);
    });

    /** Runs a bundle where there is nothing else. */
    const runAlone = async (bundle: string): Promise<string> => {
      const alone = path(`alone-${bundle}`);
      await mkdir(alone);
      await copyFile(join(folder(), bundle), join(alone, bundle));
      const args = [bundle, IMAGE, join(folder(), "Dockerfile")];
      const env = { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: anyEngine.host };
      return (await promisify(execFile)(process.execPath, args, { cwd: alone, env })).stdout;
    };

    test("by esbuild, with the command of the docs", async () => {
      const [{ code: command } = { code: "" }] = await blocksOf("recipes.md", "sh");
      expect(command).toMatch(/^npx esbuild /);
      const esbuild = command.replace("npx esbuild", `"${bin("esbuild/bin/esbuild")}" --log-level=warning`);
      expect(await promisify(execFile)("sh", ["-c", esbuild], { cwd: folder() })).toEqual({
        stdout: "",
        stderr: "",
      });
      expect(await runAlone("app.mjs")).toBe("apple\npear\n\nbuilt\nhello\n");
    });

    test("by webpack, with the configuration of the docs", async () => {
      const configuration = (await blocksOf("recipes.md", "js")).find(({ code }) => code.includes("webpack"));
      await writeFile(join(folder(), "webpack.config.cjs"), configuration?.code ?? "");
      const program = `
        require("webpack")(require("./webpack.config.cjs"), (error, stats) => {
          if (error) throw error;
          process.stdout.write(stats.toString({ all: false, errors: true, warnings: true }));
        });`;
      const options = { cwd: folder(), env: { ...process.env, NODE_OPTIONS: "" } };
      const args = ["--input-type=commonjs", "-e", program];
      expect(await promisify(execFile)(process.execPath, args, options)).toEqual({ stdout: "", stderr: "" });
      expect(await runAlone("app.cjs")).toBe("apple\npear\n\nbuilt\nhello\n");
    });
  });

  test("none of them casts, or silences the compiler", async () => {
    const files = await readdir(join(folder(), "examples"), { recursive: true });
    const sources = files.filter((file) => file.endsWith(".ts"));
    expect(sources).toHaveLength(20);
    for (const file of sources) {
      const text = await readFile(join(folder(), "examples", file), "utf8");
      // Node's types have only `unknown` for the messages of a channel.
      const code = text.replaceAll(/\/\/ .*/g, "").replace("published as RequestMessage", "published");
      expect(code).toMatch(/from "docker-engine-sdk(\/testing)?"/);
      expect(code).not.toMatch(/\bas\b|\bany\b|<any>|@ts-|!\.|"\.\.\//);
    }
  });

  test("list", async () => {
    const id = await container("true");
    const name = uniqueName("listed");
    await docker.containerRename(id, { name });
    const { code, output } = await start("list", []);
    expect(code).toBe(0);
    expect(output).toContain(`/${name} busybox:local created\n`);
    expect(output).toMatch(/busybox:local.* \d+\.\d MB/);
  });

  needRegistry("the example of a pull", (binary) => {
    test("pull", async () => {
      const { address, login } = await startRegistry(bench, binary);
      const image = `${address}/${imageName("pulled")}`;
      await docker.imageTag(IMAGE, { repo: image.slice(0, image.lastIndexOf(":")), tag: "1" });
      await docker.push(image, { auth: login });
      await docker.imageDelete(image);
      const env = { REGISTRY_USERNAME: login.username, REGISTRY_PASSWORD: login.password };
      const { code, output } = await start("pull", [image], { env });
      await docker.imageDelete(image);
      expect(output).toMatch(
        new RegExp(
          `Pulling from .*\n(.|\n)*Digest: sha256:(.|\n)*\n${image} is here: sha256:[0-9a-f]{64}\n$`,
        ),
      );
      expect(code).toBe(0);
    });
  });

  test("run", async () => {
    const { code, output } = await start("run", [IMAGE]);
    expect(output).toMatch(/exitCode: 1,\s+stdout: 'hello\\n',\s+stderr: 'ls: \/missing: No such file/);
    expect(code).toBe(0);
  });

  test("exec-stdin", async () => {
    const id = await runningContainer("sleep", "600");
    const outcome = await start("exec-stdin", [id], { input: "1\n2\n3\n" });
    expect(outcome).toEqual({ code: 0, output: "0 apple\npear\n\n3\n" });
  });

  test("follow-logs", async () => {
    const id = await runningContainer("sh", "-c", "echo one; sleep 1; echo two >&2");
    expect(await start("follow-logs", [id])).toEqual({ code: 0, output: "stdout: one\nstderr: two\n" });
  });

  test("stats", async () => {
    const { code, output } = await start("stats", [await runningContainer("sleep", "600")]);
    expect(output).toMatch(/^(CPU \d+\.\d %, memory \d+(\.\d+)? MB\n){3}$/);
    expect(code).toBe(0);
  });

  test("events", async () => {
    const name = uniqueName("event");
    let asked = false;
    const interrupt = interruptAt(new RegExp(`die ${name}\n`));
    const { code, output } = await start("events", [], {
      onOutput: (output, child) => {
        if (!asked && output.startsWith("listening")) {
          asked = true;
          void docker.run(IMAGE, ["true"], { name, remove: true });
        }
        interrupt(output, child);
      },
    });
    expect(output).toMatch(
      new RegExp(`^listening\n(.*\n)*create ${name}\n(.*\n)*start ${name}\n(.*\n)*die ${name}\n`),
    );
    expect(code).toBe(0);
  });

  test("copy", async () => {
    expect(await start("copy", [IMAGE])).toEqual({ code: 0, output: "<h1>hello</h1>\n\n" });
  });

  test("build", async () => {
    const context = path("context");
    await mkdir(context);
    const name = imageName("built");
    // The name makes the step new on an Engine that has built this before.
    await writeFile(
      join(context, "Dockerfile"),
      `FROM ${IMAGE}\nENV ID=${name}\nARG VERSION\nRUN echo version $VERSION\n`,
    );
    const built = await start("build", [context, name]);
    expect(built.output).toMatch(new RegExp(`\nversion 1\n(.*\n)*Built ${name}, sha256:[0-9a-f]{64}\n$`));
    expect(built.code).toBe(0);

    await writeFile(join(context, "Dockerfile"), `FROM ${IMAGE}\nRUN exit 3\n`);
    const failed = await start("build", [context, name]);
    expect(failed.output).toMatch(/ failed with exit code 3:\n/);
    expect(failed.code).toBe(1);
  });

  test("export", async () => {
    const exported = await start("export", [IMAGE]);
    const { size } = await stat(join(folder(), "image.tar"));
    expect(size).toBeGreaterThan(100_000);
    expect(exported).toEqual({ code: 0, output: `image.tar has ${size} bytes\n` });

    expect(await start("export", ["no-such-image"])).toEqual({
      code: 1,
      output: expect.stringMatching(/^404 .*no-such-image/),
    });
    const host = "unix:///nonexistent/engine.sock";
    expect(await start("export", [IMAGE], { env: { DOCKER_HOST: host } })).toEqual({
      code: 1,
      output: expect.stringContaining("there is no such socket"),
    });
  });

  test("cancel", async () => {
    const outcome = await start("cancel", [IMAGE], { onOutput: interruptAt(/started\n/) });
    expect(outcome).toEqual({ code: 0, output: "started\ncancelled\n" });
  });

  test("timeout", async () => {
    expect(await start("timeout", [IMAGE])).toEqual({
      code: 0,
      output: "run did not finish within 1000 ms\nOK\n",
    });
  });

  describe("a generic container", () => {
    beforeAll(async () => {
      await docker.imageTag(IMAGE, { repo: "busybox", tag: "1.37" });
      atEnd(() => docker.imageDelete("busybox:1.37"));
    });

    /** Runs Node where the ports of containers are. */
    const node = (...args: string[]): ChildProcess => {
      const [command = "", ...words] = [...inNetworkOf(anyEngine), process.execPath, ...args];
      const env = { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: anyEngine.host };
      const child = spawn(command, words, { cwd: folder(), env, stdio: ["ignore", "pipe", "inherit"] });
      started.push(child);
      return child;
    };
    const outputOf = async ({ stdout }: ChildProcess): Promise<string> =>
      stdout ? (await stdout.toArray()).join("") : "";

    /** All that the example has made. */
    const theirs = () =>
      docker.containerList({ all: true, filters: { label: ["com.example.generic-container"] } });

    test("starts, waits, executes, reads logs and is gone afterwards, in node:test", async () => {
      const output = await outputOf(node("--test", "out/generic-container.node.test.js"));
      expect(output).toMatch(/# pass 4\n# fail 0\n/);
      await until("it is gone", async () => (await theirs()).length === 0);
    });

    test("pulls nothing that is there, and says what did not come about", async () => {
      const program = `
        import { until } from "docker-engine-sdk";
        import { GenericContainer } from "./out/generic-container.js";
        const never = new GenericContainer("busybox:1.37").withCommand(["sh", "-c", "echo almost; sleep 600"]);
        await never.withWaitStrategy(until.log("ready")).start(500).catch(({ message }) => console.log(message));`;
      const output = await outputOf(node("--input-type=module", "-e", program));
      expect(output).toMatch(/log "ready"(.|\n)*almost/);
      await until("it is gone", async () => (await theirs()).length === 0);
    });

    test("is gone when its program is killed, however firmly it holds on", async () => {
      const program = `
        import { GenericContainer } from "./out/generic-container.js";
        const command = ["sh", "-c", "trap '' TERM HUP INT; while true; do sleep 1; done"];
        await new GenericContainer("busybox:1.37").withCommand(command).start();
        console.log("started");
        setInterval(() => undefined, 1000);`;
      const child = node("--input-type=module", "-e", program);
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      expect(await theirs()).toHaveLength(2);
      child.kill("SIGKILL");
      await until("it is gone", async () => (await theirs()).length === 0);
    });
  });

  test.each([
    {
      runner: "jest",
      args: ["jest/bin/jest.js", "--config", "jest.config.json"],
      passed: /Tests: +3 passed, 3 total/,
    },
    {
      runner: "vitest",
      args: ["vitest/vitest.mjs", "run", "examples/mock/mock.vitest.test.ts"],
      passed: /Tests +3 passed \(3\)/,
    },
    {
      runner: "node:test",
      args: ["--test", "out/mock/mock.node.test.js"],
      passed: /# pass 3\n# fail 0\n/,
    },
  ])("a mock in $runner", async ({ args: [program = "", ...args], passed }) => {
    const { NODE_ENV, JEST_WORKER_ID, ...env } = process.env;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [program.startsWith("--") ? program : bin(program), ...args],
      {
        cwd: folder(),
        env: { ...env, NODE_OPTIONS: "", NO_COLOR: "1" },
      },
    );
    expect(stdout + stderr).toMatch(passed);
  });
});
