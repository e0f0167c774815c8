/**
 * Compares calls of the built and packed package with other clients. The server and each client are processes of their
 * own, and the clients take turns. Run it with `npm run bench`, after `npm run build`:
 *
 *   npm run bench -- [--rounds 5] [--only call,export] [--json FILE] [--svg FILE]
 */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { access, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { arch, cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { chartOf, type Figures, type Measured } from "./chart.js";
import { install } from "./install.js";

const run = promisify(execFile);

const OURS = "docker-engine-sdk";
const PEERS = ["dockerode@5.0.1", "@docker/node-sdk@0.0.17", "undici@7.30.2"];

/** A workload of workloads.mjs: what a unit of it is, and which clients can do it. */
interface Workload {
  readonly title: string;
  readonly unit: string;
  readonly clients: readonly string[];
}

const WORKLOADS: Readonly<Record<string, Workload>> = {
  call: {
    title: "Small JSON call, one at a time",
    unit: "call",
    clients: [OURS, "node-http", "dockerode", "node-sdk", "undici"],
  },
  concurrent: {
    title: "Small JSON call, 50 at once",
    unit: "call",
    clients: [OURS, "node-http", "dockerode", "node-sdk", "undici"],
  },
  export: {
    title: "Export to a sink",
    unit: "GiB",
    clients: [OURS, "node-http", "dockerode", "node-sdk", "undici", "curl"],
  },
  exportToFile: {
    title: "Export to a file in memory",
    unit: "GiB",
    clients: [OURS, "node-http", "dockerode", "node-sdk", "curl"],
  },
  logs: {
    title: "Log frames of 1 KiB",
    unit: "GiB",
    clients: [OURS, "dockerode", "node-sdk", "curl"],
  },
  frame: { title: "One log frame of 16 MiB", unit: "frame", clients: [OURS, "dockerode", "curl"] },
  events: { title: "Events", unit: "million", clients: [OURS, "dockerode", "node-sdk"] },
  largeList: {
    title: "List of 10,000 containers",
    unit: "list",
    clients: [OURS, "node-http", "dockerode", "node-sdk"],
  },
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

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

const list = (length: number): string =>
  JSON.stringify(Array.from({ length }, (_, index) => container(index)));

/** Compiles and starts the server. */
async function startServer(folder: string, socket: string) {
  const program = join(folder, "server");
  await run("cc", ["-O2", "-pthread", "-o", program, "bench/server.c"]).catch((cause: unknown) => {
    throw new Error("The server does not compile. Install a C compiler, such as Debian's gcc.", { cause });
  });
  const lists = { small: join(folder, "small.json"), large: join(folder, "large.json") };
  await writeFile(lists.small, list(3));
  await writeFile(lists.large, list(10_000));
  const server = spawn(program, [socket, lists.small, lists.large], { stdio: ["ignore", "pipe", "inherit"] });
  await once(server.stdout, "data");
  return server;
}

async function measure(rounds: number, only: Readonly<Record<string, Workload>>): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "bench-calls-"));
  // A file in memory, so that no disk is measured.
  const scratch = await access("/dev/shm").then(
    () => "/dev/shm",
    () => folder,
  );
  const socket = join(folder, "engine.sock");
  const server = await startServer(folder, socket);
  try {
    await install(folder, PEERS);
    for (const file of ["clients", "measure.mjs", "workloads.mjs"]) {
      await cp(join("bench", file), join(folder, file), { recursive: true });
    }
    const figures: Record<string, Record<string, Measured>> = {};
    for (const [name, workload] of Object.entries(only)) {
      const measured: Record<string, Measured[]> = Object.fromEntries(
        workload.clients.map((client) => [client, []]),
      );
      for (let round = 0; round < rounds; round += 1) {
        for (const client of workload.clients) {
          const { stdout } = await run(process.execPath, ["measure.mjs", client, name, socket, scratch], {
            cwd: folder,
          });
          measured[client]?.push(JSON.parse(stdout) as Measured);
        }
      }
      const medians = Object.entries(measured).map(([client, runs]) => [client, mediansOf(runs)] as const);
      figures[name] = Object.fromEntries(medians);
      console.log(tableOf(workload, figures[name]));
    }
    return figures;
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

const mediansOf = (runs: readonly Measured[]): Measured => ({
  seconds: median(runs.map(({ seconds }) => seconds)),
  cpu: median(runs.map(({ cpu }) => cpu)),
  peak: median(runs.map(({ peak }) => peak)),
});

/** A Markdown table; ratios below 1 are in favor of this package. */
function tableOf({ title, unit }: Workload, figures: Figures[string]): string {
  const ours = figures[OURS] as Measured;
  const time = (seconds: number): string =>
    seconds < 0.001
      ? `${(seconds * 1e6).toFixed(0)} µs`
      : seconds < 1
        ? `${(seconds * 1e3).toFixed(1)} ms`
        : `${seconds.toFixed(2)} s`;
  const rows = Object.entries(figures).map(
    ([client, { seconds, cpu, peak }]) =>
      `| ${client} | ${time(seconds)} | ${(ours.seconds / seconds).toFixed(2)} | ${time(cpu)} | ${(ours.cpu / cpu).toFixed(2)} | ${peak.toFixed(0)} MiB |`,
  );
  return [
    `\n**${title}**, per ${unit}\n`,
    "| client | time | this package's ÷ it | CPU | this package's ÷ it | peak memory |",
    "| --- | --: | --: | --: | --: | --: |",
    ...rows,
  ].join("\n");
}

const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()} ${arch()}, Node ${process.versions.node}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      only: { type: "string", default: Object.keys(WORKLOADS).join(",") },
      json: { type: "string" },
      svg: { type: "string" },
    },
  });
  const only = Object.fromEntries(
    values.only.split(",").map((name) => {
      const workload = WORKLOADS[name];
      if (!workload) throw new Error(`No workload ${name}; there are ${Object.keys(WORKLOADS).join(", ")}`);
      return [name, workload];
    }),
  );
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a number from 1, not ${values.rounds}`);
  console.log(`${machine()}; medians of ${rounds} alternating rounds`);
  const figures = await measure(rounds, only);
  const json = JSON.stringify(
    { machine: machine(), rounds, date: new Date().toISOString(), figures },
    null,
    2,
  );
  if (values.json !== undefined) await writeFile(values.json, `${json}\n`);
  if (values.svg !== undefined) await writeFile(values.svg, chartOf(figures, WORKLOADS, OURS));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
