import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type AddressInfo, createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DOCKERODE, install, NODE_SDK } from "../../bench/install.js";
import { type Pair, type PairPage, pairsOf } from "../helpers/pairs.js";
import { registryBinary } from "../helpers/registry-binary.js";
import { anyEngine, describeStores, useEngine } from "./engine.js";
import { startRegistry } from "./registry.js";
import { builtEntry } from "./versions/built-entry.js";

const root = process.cwd();
const run = promisify(execFile);
const tsc = createRequire(join(root, "package.json")).resolve("typescript/bin/tsc");

/** The other clients, their types, and what their examples use besides. */
const PEERS = [
  ...[DOCKERODE, "@types/dockerode@4.0.1", NODE_SDK, "@types/node@20", "@types/tar-fs@2.0.4"],
  // That of tar-fs. Otherwise that of node-sdk would be found first, whose types are of other streams.
  "tar-stream@2.2.0",
];

const PARAMETERS =
  "docker: Client, console: { log(...values: unknown[]): void }, username: string, password: string";

/** A page, and how its other client is imported and made. */
interface Side extends PairPage {
  readonly name: string;
  readonly type: string;
  readonly make: string;
}

const DOCKERODE_PAGE: Side = {
  name: "dockerode",
  page: "from-dockerode.md",
  client: "dockerode",
  type: 'import Client from "dockerode";',
  make: 'new (await import("dockerode")).default()',
};

const NODE_SDK_PAGE: Side = {
  name: "node-sdk",
  page: "from-node-sdk.md",
  client: "@docker/node-sdk",
  type: 'import type { DockerClient as Client } from "@docker/node-sdk";',
  make: 'await (await import("@docker/node-sdk")).DockerClient.fromDockerHost(process.env.DOCKER_HOST)',
};

/** Where an Engine answers besides. */
interface Relays {
  readonly socket: string;
  readonly port: number;
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

/** Runs the programs of a page, and prints what each of them printed. */
const runnerOf = ({ name, make }: Side): string => `
import { inspect } from "node:util";
import { Docker } from "docker-engine-sdk";
const [count, username, password] = process.argv.slice(2);
const printed = [];
for (let i = 0; i < Number(count); i += 1) {
  const both = [];
  for (const side of ["other", "own"]) {
    const lines = [];
    const console = { log: (...values) => lines.push(values.map((value) => typeof value === "string" ? value : inspect(value)).join(" ")) };
    const client = side === "own" ? new Docker() : ${make};
    try {
      const { default: program } = await import(\`./built/${name}/\${side}-\${i}.js\`);
      const late = new Promise((_, reject) => setTimeout(reject, 20_000, new Error("it did not end")));
      await Promise.race([program(client, console, username, password), late]);
    } catch (error) {
      lines.push(\`failed: \${error?.stack ?? error}\`);
    }
    if (side === "own") await client.close();
    both.push(lines);
  }
  printed.push(both);
}
console.log(JSON.stringify(printed));
process.exit(0);
`;

/** Prints the methods of the other clients: of dockerode those of its handles too, but not the two halves of run. */
const METHODS = `
import Dockerode from "dockerode";
import { DockerClient } from "@docker/node-sdk";
const methodsOf = ({ prototype }) =>
  Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor" && typeof prototype[name] === "function");
const docker = new Dockerode();
const handles = methodsOf(Dockerode)
  .filter((name) => /^get[A-Z]\\w*[^s]$/.test(name))
  .map((name) => [name.slice(3).toLowerCase(), docker[name]("x").constructor]);
console.log(JSON.stringify({
  dockerode: [
    ...methodsOf(Dockerode).filter((name) => !/^run./.test(name)),
    ...["modem.demuxStream", "modem.followProgress", "modem.dial"],
    ...handles.flatMap(([name, handle]) => methodsOf(handle).map((method) => name + "." + method)),
  ],
  "node-sdk": methodsOf(DockerClient),
}));
process.exit(0);
`;

describeStores([anyEngine.store], "the pages for users of other clients", (engine) => {
  const bench = useEngine(engine);
  const { atEnd, docker } = bench;
  let folder: string;
  let login: readonly [username: string, password: string];
  const pairs = new Map<Side, Pair[]>();

  beforeAll(async () => {
    // Builds the package, unless that has been done.
    builtEntry("v1.51");
    folder = await mkdtemp(join(tmpdir(), "from-other-clients-"));
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
    const binary = registryBinary();
    if (!binary) throw new Error("docker-registry is not installed");
    const registry = await startRegistry(bench, binary);
    login = [registry.login.username, registry.login.password];
    await docker.imageTag("busybox:local", { repo: `${registry.address}/app`, tag: "1" });
    await docker.push(`${registry.address}/app:1`, { auth: registry.login });
    await writePrograms(registry.address, await relays());
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Makes the Engine, wherever it is, answer at a port of this machine and at a socket too. */
  async function relays(): Promise<Relays> {
    const { hostname, pathname, port, protocol } = new URL(engine.host);
    const dial = () =>
      protocol === "unix:" ? createConnection(pathname) : createConnection(Number(port), hostname);
    const listen = async (...where: [port: number, host: string] | [path: string]): Promise<Server> => {
      const server = createServer((connection) => {
        const engineSide = dial();
        connection.on("error", () => engineSide.destroy()).pipe(engineSide);
        engineSide.on("error", () => connection.destroy()).pipe(connection);
      });
      atEnd(() => new Promise((closed) => server.close(closed)));
      await once(server.listen(...(where as [string])), "listening");
      return server;
    };
    const socket = join(folder, "docker.sock");
    await listen(socket);
    const { port: relayed } = (await listen(0, "127.0.0.1")).address() as AddressInfo;
    return { socket, port: relayed };
  }

  /** Writes and compiles the programs of both pages, with the addresses that they are to use. */
  async function writePrograms(registry: string, { port, socket }: Relays): Promise<void> {
    for (const side of [DOCKERODE_PAGE, NODE_SDK_PAGE]) {
      pairs.set(side, await pairsOf(side));
      await mkdir(join(folder, "pairs", side.name), { recursive: true });
      await writeFile(join(folder, `${side.name}.mjs`), runnerOf(side));
      for (const [i, { programs }] of (pairs.get(side) ?? []).entries()) {
        const [other, own] = programs.map((program) =>
          program
            .replaceAll("registry.example:5000", registry)
            .replaceAll("/var/run/docker.sock", socket)
            .replaceAll(/10\.0\.0\.5(:|", port: )2375/g, `127.0.0.1$1${port}`),
        ) as [string, string];
        const write = (name: string, text: string) =>
          writeFile(join(folder, "pairs", side.name, `${name}-${i}.ts`), text);
        await write("other", moduleOf(other, side.type));
        await write("own", moduleOf(own, 'import type { Docker as Client } from "docker-engine-sdk";'));
      }
    }
    const compilerOptions = {
      ...{ target: "es2022", module: "nodenext", strict: true, skipLibCheck: true },
      ...{ types: ["node"], rootDir: "pairs", outDir: "built", esModuleInterop: true },
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["pairs"] }));
    await run(process.execPath, [tsc, "-p", folder]).catch(({ stdout }) => {
      throw new Error(stdout);
    });
  }

  test.each([DOCKERODE_PAGE, NODE_SDK_PAGE])(
    "each pair of $page prints the same, or what it says",
    async (side) => {
      const ofPage = pairs.get(side) ?? [];
      const args = [`${side.name}.mjs`, String(ofPage.length), ...login];
      const env = { ...process.env, DOCKER_HOST: engine.host, NODE_OPTIONS: "" };
      const { stdout } = await run(process.execPath, args, { cwd: folder, env });
      const printed = JSON.parse(stdout) as [string[], string[]][];
      expect(printed.flat(2).filter((line) => line.startsWith("failed: "))).toEqual([]);
      for (const [i, { title, prints }] of ofPage.entries()) {
        const [other = [], own = []] = printed[i] ?? [];
        const isSaid = prints.flat().length > 0;
        expect({ title, other, own }).toEqual({
          title,
          other: isSaid ? prints[0] : own,
          own: isSaid ? prints[1] : own,
        });
        expect({ title, lines: own.length }).not.toEqual({ title, lines: 0 });
      }
    },
  );

  test("the tables have each method of the other clients, and no other", async () => {
    await writeFile(join(folder, "methods.mjs"), METHODS);
    const { stdout } = await run(process.execPath, ["methods.mjs"], { cwd: folder });
    const methods = JSON.parse(stdout) as Record<string, string[]>;
    for (const { name, page } of [DOCKERODE_PAGE, NODE_SDK_PAGE]) {
      const [, table = ""] = (await readFile(join(root, "docs", page), "utf8")).split("\n## Every method\n");
      const rows = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, method]) => method);
      expect(rows.sort()).toEqual(methods[name]?.sort());
    }
  });
});
