import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, open, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { DOCKERODE, install, NODE_SDK } from "./install.js";
import type { Measured } from "./workloads.js";

const run = promisify(execFile);

const PEERS = [DOCKERODE, NODE_SDK, "undici@7.30.2", "tar-fs@2.1.4"];
const IN_MEMORY = "/dev/shm";
/** What the largest files of a run need, with room for what others have there. */
const ROOM = 4 * 2 ** 30;
const FILES_PER_FOLDER = 100;
const WAIT_MS = 5000;

/** What one process measures; see measure.mjs. */
export interface Setting {
  readonly client: string;
  readonly workload: string;
  readonly size: number;
  readonly host: string;
  readonly image?: string;
  readonly container?: string;
}

/** The server, the packed package with other clients beside it, and files to send: all that measuring needs. */
export class Site {
  /** Where the clients are installed. */
  readonly folder: string;
  /** Files to send, and place for files that are written. */
  readonly fixtures: string;
  readonly isInMemory: boolean;
  /** The server, as a Docker host. */
  readonly host: string;
  /** The server of small answers. */
  hostOfSmall: string;
  /** How the server of small answers is called. */
  small = "server.c";
  readonly #servers: ChildProcess[] = [];
  readonly #made = new Set<string>();

  private constructor(folder: string, fixtures: string, isInMemory: boolean) {
    this.folder = folder;
    this.fixtures = fixtures;
    this.isInMemory = isInMemory;
    this.host = this.hostOfSmall = `unix://${join(folder, "engine.sock")}`;
  }

  /** Makes a site, which must be closed. */
  static async open(): Promise<Site> {
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    const isInMemory = await hasRoom(IN_MEMORY);
    const fixtures = isInMemory ? await mkdtemp(join(IN_MEMORY, "bench-")) : join(folder, "fixtures");
    const site = new Site(folder, fixtures, isInMemory);
    // Not once: npm and tsx may each pass the signal on, and a second one would end the process before it has cleaned up.
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        void site.close().finally(() => process.exit(1));
      });
    }
    try {
      await mkdir(fixtures, { recursive: true });
      await install(folder, PEERS);
      for (const file of ["clients", "measure.mjs", "scale.mjs", "workloads.mjs"]) {
        await cp(join("bench", file), join(folder, file), { recursive: true });
      }
      await site.#startServer();
      await site.#startNginx();
      return site;
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  /** Measures once, in a process of its own. */
  async measure(setting: Setting, program: string = process.execPath): Promise<Measured> {
    await this.#make(setting);
    const settings = JSON.stringify({ scratch: this.fixtures, fixtures: this.fixtures, ...setting });
    const { stdout } = await run(program, ["measure.mjs", settings], { cwd: this.folder });
    return JSON.parse(stdout) as Measured;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      if (server.exitCode === null && server.kill()) await once(server, "exit");
    }
    for (const folder of [this.fixtures, this.folder]) await rm(folder, { recursive: true, force: true });
  }

  /** Makes the files that a workload sends, when it is first measured. */
  async #make({ workload, size }: Setting): Promise<void> {
    const make = FIXTURES[workload];
    if (!make) return;
    for (const count of [16, size]) {
      const folder = join(this.fixtures, `${make.name}-${count}`);
      if (this.#made.has(folder)) continue;
      await make(folder, count);
      this.#made.add(folder);
    }
  }

  async #startServer(): Promise<void> {
    const program = join(this.folder, "server");
    await run("cc", ["-O2", "-pthread", "-o", program, "bench/server.c"]).catch((cause: unknown) => {
      const text = "The server does not compile. Install a C compiler, such as Debian's gcc and libc6-dev.";
      throw new Error(text, { cause });
    });
    const large = containers(10_000);
    const lists = { small: containers(3), large, wide: large.replace(/]$/, `,${WIDE}]`) };
    const files = Object.entries(lists).map(([name, list]) => [join(this.fixtures, `${name}.json`), list]);
    for (const [file = "", list = ""] of files) await writeFile(file, list);
    const socket = this.host.replace("unix://", "");
    const server = spawn(program, [socket, ...files.map(([file = ""]) => file)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#servers.push(server);
    await once(server.stdout, "data");
  }

  /** Debian's nginx, if it is there, gives small answers. */
  async #startNginx(): Promise<void> {
    const version = await run("nginx", ["-v"]).catch(() => undefined);
    if (!version) return;
    const socket = join(this.folder, "nginx.sock");
    const config = join(this.folder, "nginx.conf");
    await writeFile(config, nginxConfig(this.folder, this.fixtures, socket));
    const nginx = spawn("nginx", ["-c", config, "-p", this.folder, "-e", "stderr"], { stdio: "inherit" });
    this.#servers.push(nginx);
    await answers(socket);
    this.hostOfSmall = `unix://${socket}`;
    this.small = version.stderr.replace("nginx version: ", "").trim();
  }
}

const nginxConfig = (folder: string, fixtures: string, socket: string): string => `
daemon off;
user root;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 16384; }
http {
  access_log off;
  keepalive_requests 1000000000;
  open_file_cache max=10;
  client_body_temp_path ${folder}/nginx;
  server {
    listen unix:${socket} backlog=4096;
    add_header Api-Version 1.51;
    default_type application/json;
    location ~ /containers/json$ { root ${fixtures}; try_files /small.json =404; }
    location / { return 200; }
  }
}
`;

async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize >= ROOM;
}

/** Resolves when a server accepts connections. */
async function answers(socket: string): Promise<void> {
  for (const end = Date.now() + WAIT_MS; ; await sleep(10)) {
    const connection = createConnection(socket);
    const error = await once(connection, "connect").then(
      () => undefined,
      (cause: Error) => cause,
    );
    connection.destroy();
    if (!error) return;
    if (Date.now() > end) throw new Error(`No server at ${socket} after ${WAIT_MS} ms`, { cause: error });
  }
}

/** A folder with `count` files, of 200 to 8,200 bytes. */
async function files(folder: string, count: number): Promise<void> {
  await dockerfileIn(folder);
  for (let at = 0; at < count; at += FILES_PER_FOLDER) {
    const inner = join(folder, `folder-${at / FILES_PER_FOLDER}`);
    await mkdir(inner);
    const indices = Array.from({ length: Math.min(FILES_PER_FOLDER, count - at) }, (_, index) => at + index);
    await Promise.all(
      indices.map((index) =>
        writeFile(join(inner, `file-${index}.js`), "x".repeat(200 + ((index * 7919) % 8000))),
      ),
    );
  }
}

/** A folder with one file of `mib` MiB that takes no room: reading it costs as much as if it did. */
async function big(folder: string, mib: number): Promise<void> {
  await dockerfileIn(folder);
  const file = join(folder, "big");
  await (await open(file, "w")).close();
  await truncate(file, mib * 2 ** 20);
}

async function dockerfileIn(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\nCOPY . /\n");
}

const FIXTURES: Readonly<Record<string, (folder: string, size: number) => Promise<void>>> = {
  buildFolder: files,
  copyIn: files,
  copyToEngine: files,
  buildBigFile: big,
  copyInBigFile: big,
};

/** A container as the Engine lists it. */
function container(index: number) {
  const id = createHash("sha256").update(String(index)).digest("hex");
  const network = { NetworkID: id, EndpointID: id, Gateway: "172.17.0.1", IPAddress: "172.17.0.2" };
  return {
    Id: id,
    Names: [`/web-${index}`],
    Image: "nginx:1.27",
    ImageID: `sha256:${id}`,
    Command: "/docker-entrypoint.sh nginx -g 'daemon off;'",
    Created: 1_732_000_000 + index,
    Ports: [{ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8000 + (index % 1000), Type: "tcp" }],
    Labels: { "com.docker.compose.project": "app", "com.docker.compose.service": `web-${index}` },
    State: "running",
    Status: "Up 2 hours",
    HostConfig: { NetworkMode: "bridge" },
    NetworkSettings: {
      Networks: { bridge: { ...network, IPPrefixLen: 16, MacAddress: "02:42:ac:11:00:02" } },
    },
    Mounts: [],
  };
}

const containers = (length: number): string =>
  JSON.stringify(Array.from({ length }, (_, index) => container(index)));

/** A container whose size a number would round. */
const WIDE = JSON.stringify({ ...container(10_000), SizeRootFs: 0 }).replace(
  '"SizeRootFs":0',
  '"SizeRootFs":9007199254740993',
);
