import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { install } from "../../bench/install.js";
import { registryBinary } from "../helpers/registry-binary.js";
import { anyEngine, describeStores, useEngine } from "./engine.js";
import { startRegistry } from "./registry.js";
import { builtEntry } from "./versions/built-entry.js";

const root = process.cwd();
const run = promisify(execFile);
const tsc = createRequire(join(root, "package.json")).resolve("typescript/bin/tsc");

/** The other client, its types, and what its examples use besides. */
const PEERS = ["dockerode@5.0.1", "@types/dockerode@4.0.1", "@types/tar-fs@2.0.4", "@types/node@20"];

const PARAMETERS =
  "docker: Docker, console: { log(...values: unknown[]): void }, username: string, password: string";

interface Pair {
  readonly title: string;
  /** One program for each client. */
  readonly programs: readonly [dockerode: string, own: string];
}

async function pairsOf(page: string): Promise<Pair[]> {
  const text = await readFile(join(root, "docs", page), "utf8");
  return text.split(/^##+ /m).flatMap((section) => {
    const programs = [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    if (programs.length === 0) return [];
    const [dockerode = "", own = "", ...rest] = programs;
    const [title = ""] = section.split("\n", 1);
    expect([title, dockerode.split("\n")[0], own.split("\n")[0], rest.length]).toEqual([
      title,
      "// dockerode",
      "// docker-engine-sdk",
      0,
    ]);
    return [{ title, programs: [dockerode, own] }];
  });
}

/** A module that runs a program with a client, and prints to a console of its own. */
function moduleOf(program: string, client: string): string {
  const lines = program.split("\n");
  const isImport = (line: string): boolean => line.startsWith("import ");
  return [
    client,
    ...lines.filter(isImport),
    `export default async function (${PARAMETERS}) {`,
    ...lines.filter((line) => !isImport(line)),
    "}",
  ].join("\n");
}

const RUNNER = `
import { inspect } from "node:util";
import Dockerode from "dockerode";
import { Docker } from "docker-engine-sdk";
const [count, username, password] = process.argv.slice(2);
const printed = [];
for (let i = 0; i < Number(count); i += 1) {
  const both = [];
  for (const [name, Client] of [["dockerode", Dockerode], ["own", Docker]]) {
    const lines = [];
    const console = { log: (...values) => lines.push(values.map((value) => typeof value === "string" ? value : inspect(value)).join(" ")) };
    const client = new Client();
    try {
      const { default: program } = await import(\`./built/\${name}-\${i}.js\`);
      await program(client, console, username, password);
    } catch (error) {
      lines.push(\`failed: \${error.stack}\`);
    }
    if (name === "own") await client.close();
    both.push(lines);
  }
  printed.push(both);
}
console.log(JSON.stringify(printed));
process.exit(0);
`;

describeStores([anyEngine.store], "docs/from-dockerode.md", (engine) => {
  const bench = useEngine(engine);
  const { atEnd, docker } = bench;
  let folder: string;

  beforeAll(async () => {
    // Builds the package, unless that has been done.
    builtEntry("v1.51");
    folder = await mkdtemp(join(tmpdir(), "from-dockerode-"));
    await install(folder, PEERS);
    await docker.imageTag("busybox:local", { repo: "alpine", tag: "3.20" });
    atEnd(() => docker.imageDelete("alpine:3.20"));
    const { Id } = await docker.containerCreate(
      {
        Image: "busybox:local",
        Cmd: ["sh", "-c", "echo GET /; exec sleep 600"],
        HostConfig: { Init: true },
      },
      { name: "web" },
    );
    atEnd(() => docker.containerDelete(Id, { force: true }));
    await docker.containerStart(Id);
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("every pair compiles, and both of its programs print the same", async () => {
    const binary = registryBinary();
    if (!binary) throw new Error("docker-registry is not installed");
    const registry = await startRegistry(bench, binary);
    await docker.imageTag("busybox:local", { repo: `${registry.address}/app`, tag: "1" });
    await docker.push(`${registry.address}/app:1`, { auth: registry.login });
    const pairs = await pairsOf("from-dockerode.md");
    await mkdir(join(folder, "pairs"));
    for (const [i, { programs }] of pairs.entries()) {
      const [dockerode, own] = programs.map((program) =>
        program.replaceAll("registry.example:5000", registry.address),
      ) as [string, string];
      const write = (name: string, text: string) => writeFile(join(folder, "pairs", `${name}-${i}.ts`), text);
      await write("dockerode", moduleOf(dockerode, 'import Docker from "dockerode";'));
      await write("own", moduleOf(own, 'import type { Docker } from "docker-engine-sdk";'));
    }
    const compilerOptions = {
      ...{ target: "es2022", module: "nodenext", strict: true, skipLibCheck: true },
      ...{ types: ["node"], rootDir: "pairs", outDir: "built", esModuleInterop: true },
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["pairs"] }));
    await run(process.execPath, [tsc, "-p", folder]).catch(({ stdout }) => {
      throw new Error(stdout);
    });
    await writeFile(join(folder, "run.mjs"), RUNNER);
    const { username, password } = registry.login;
    const args = ["run.mjs", String(pairs.length), username, password];
    const env = { ...process.env, DOCKER_HOST: engine.host, NODE_OPTIONS: "" };
    const { stdout } = await run(process.execPath, args, { cwd: folder, env });
    const printed = JSON.parse(stdout) as [string[], string[]][];
    expect(printed.flat(2).filter((line) => line.startsWith("failed: "))).toEqual([]);
    const resultsOf = (side: number) => pairs.map(({ title }, i) => ({ title, prints: printed[i]?.[side] }));
    expect(resultsOf(1)).toEqual(resultsOf(0));
    expect(resultsOf(1).filter(({ prints }) => !prints?.length)).toEqual([]);
  });
});
