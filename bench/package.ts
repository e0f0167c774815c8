/**
 * What the package costs before its first call, as packed: the time to import it, its size once installed, and the time to
 * check types against it.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { DOCKERODE, install, installPackages, NODE_SDK } from "./install.js";
import { judge, median, type Row } from "./targets.js";

const run = promisify(execFile);
const root = process.cwd();
const PACKAGE = "docker-engine-sdk";

const IMPORT_ROUNDS = 21;
const IMPORTS = {
  "ES module": { type: "module", code: `await import("${PACKAGE}");` },
  CommonJS: { type: "commonjs", code: `require("${PACKAGE}");` },
} as const;
/** Prints the CPU and wall time of the code before it, in milliseconds. */
const REPORT = `
const { user, system } = process.cpuUsage(cpu);
console.log((user + system) / 1000, performance.now() - start);`;

const TYPE_ROUNDS = 5;
/** A file with twenty operations. */
const OPERATIONS = `
import { Docker } from "${PACKAGE}";
const docker = new Docker();
export async function calls(): Promise<unknown[]> {
  return [
    await docker.containerList({ all: true }),
    await docker.containerCreate({ Image: "alpine" }, { name: "a" }),
    await docker.containerStart("a"),
    await docker.containerInspect("a"),
    await docker.containerTop("a"),
    await docker.containerWait("a"),
    await docker.containerLogs("a", { stdout: true }),
    await docker.containerDelete("a"),
    await docker.imageList(),
    await docker.imageInspect("alpine"),
    await docker.imageHistory("alpine"),
    await docker.imageGet("alpine"),
    await docker.imageTag("alpine", { repo: "b" }),
    await docker.networkList(),
    await docker.networkInspect("bridge"),
    await docker.volumeList(),
    await docker.volumeInspect("v"),
    await docker.systemInfo(),
    await docker.systemVersion(),
    await docker.systemPing(),
  ];
}
`;
/** The same file with @types/node alone. */
const NODE_ALONE = `
import { readFile } from "node:fs/promises";
export async function calls(): Promise<unknown[]> {
  return [
${'    await readFile("a"),\n'.repeat(20)}  ];
}
`;
const TSCONFIG = {
  compilerOptions: { target: "es2022", module: "nodenext", strict: true, noEmit: true, types: ["node"] },
};

interface Installed {
  readonly bytes: number;
  readonly packages: number;
  /** Prebuilt native files. */
  readonly native: number;
}

/** What the package costs before its first call. */
export interface PackageFigures {
  /** Bytes of the tarball. */
  readonly packed: number;
  readonly installed: Installed;
  /** What installs of other clients bring, by name. */
  readonly peers: Readonly<Record<string, Installed>>;
  /** By format, in milliseconds. */
  readonly imports: Readonly<Record<string, ImportTime>>;
  /** Seconds to check a file with twenty operations, and the same file with @types/node alone. */
  readonly types: readonly [ours: number, alone: number];
}

interface ImportTime {
  /** A process that imports the package, less one that does not. */
  readonly process: number;
  /** Within the process. */
  readonly wall: number;
  readonly cpu: number;
}

/** What an install has brought. */
async function installed(folder: string): Promise<Installed> {
  const modules = join(folder, "node_modules");
  const files = await readdir(modules, { recursive: true, withFileTypes: true });
  let [bytes, packages, native] = [0, 0, 0];
  for (const file of files.filter((entry) => entry.isFile())) {
    bytes += (await stat(join(file.parentPath, file.name))).size;
    if (/\.(node|bare)$/.test(file.name)) native += 1;
    const parent = dirname(file.parentPath);
    const isScoped = /[\\/]@[^\\/]+$/.test(parent);
    if (file.name === "package.json" && (isScoped ? dirname(parent) : parent).endsWith("node_modules"))
      packages += 1;
  }
  return { bytes, packages, native };
}

/** Medians of a process that imports the package, less those of one that does not. */
async function importTime(
  folder: string,
  { type, code }: (typeof IMPORTS)[keyof typeof IMPORTS],
): Promise<ImportTime> {
  const cpu: number[] = [];
  const wall: number[] = [];
  const whole = { empty: [] as number[], full: [] as number[] };
  const start = async (program: string): Promise<string> => {
    const { stdout } = await run(process.execPath, [`--input-type=${type}`, "-e", program], { cwd: folder });
    return stdout;
  };
  for (let round = 0; round < IMPORT_ROUNDS; round += 1) {
    const beginning = performance.now();
    await start("0");
    const between = performance.now();
    await start(code);
    whole.empty.push(between - beginning);
    whole.full.push(performance.now() - between);
    const timed = await start(`const cpu = process.cpuUsage(), start = performance.now();\n${code}${REPORT}`);
    const [used = Number.NaN, passed = Number.NaN] = timed.split(" ").map(Number);
    cpu.push(used);
    wall.push(passed);
  }
  return {
    process: median(whole.full) - median(whole.empty),
    wall: median(wall),
    cpu: median(cpu),
  };
}

/** Seconds that the compiler needs for a file, alternating between two. */
async function checkTimes(folder: string, first: string, second: string): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (const [index, text] of [first, second].entries()) {
    const project = join(folder, `types-${index}`);
    await mkdir(project);
    await writeFile(join(project, "use.ts"), text);
    await writeFile(join(project, "tsconfig.json"), JSON.stringify(TSCONFIG));
  }
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  for (let round = 0; round < TYPE_ROUNDS; round += 1) {
    for (const [index, list] of times.entries()) {
      const { stdout } = await run(process.execPath, [
        tsc,
        "-p",
        join(folder, `types-${index}`),
        "--extendedDiagnostics",
      ]);
      list.push(Number(/^Total time:\s+([\d.]+)s/m.exec(stdout)?.[1]));
    }
  }
  return [median(times[0]), median(times[1])];
}

/** Measures the packed package in a folder of its own within another. */
export async function measurePackage(parent: string): Promise<PackageFigures> {
  const folder = await mkdtemp(join(parent, "package-"));
  try {
    const packed = await install(folder);
    const brought = await installed(folder);
    const peers: Record<string, Installed> = {};
    for (const [name, peer] of Object.entries({ dockerode: DOCKERODE, "node-sdk": NODE_SDK })) {
      const place = join(folder, `peer-${name}`);
      await mkdir(place);
      await installPackages(place, [peer]);
      peers[name] = await installed(place);
    }
    const imports: Record<string, ImportTime> = {};
    for (const [format, how] of Object.entries(IMPORTS)) imports[format] = await importTime(folder, how);
    await mkdir(join(folder, "node_modules", "@types"), { recursive: true });
    await symlink(resolve("node_modules", "@types", "node"), join(folder, "node_modules", "@types", "node"));
    const types = await checkTimes(folder, OPERATIONS, NODE_ALONE);
    return { packed, installed: brought, peers, imports, types };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

export function packageRows({ packed, installed: brought, peers, imports, types }: PackageFigures): Row[] {
  const absolute = { other: "", ratio: "", isFar: false };
  const ofPeers = (figure: (peer: Installed) => string): string =>
    Object.entries(peers)
      .map(([name, peer]) => `${name}: ${figure(peer)}`)
      .join("; ");
  const atMost = (value: number, bound: number): Pick<Row, "isMet"> => ({ isMet: value <= bound });
  const [ours, alone] = types;
  return [
    ...Object.entries(imports).map(([format, { process: more, wall, cpu }]) => ({
      ...absolute,
      what: `Import as ${format}: process time over an empty one (import alone ${wall.toFixed(1)} ms, CPU ${cpu.toFixed(1)} ms)`,
      ours: `${more.toFixed(1)} ms`,
      target: "≤ 15 ms",
      ...atMost(more, 15),
    })),
    {
      ...absolute,
      what: "Install: packages",
      ours: String(brought.packages),
      other: ofPeers(({ packages }) => String(packages)),
      target: "≤ 8",
      ...atMost(brought.packages, 8),
    },
    {
      ...absolute,
      what: `Install: size (the tarball is ${mebibytes(packed)})`,
      ours: mebibytes(brought.bytes),
      other: ofPeers(({ bytes }) => mebibytes(bytes)),
      target: "≤ 4 MiB",
      ...atMost(brought.bytes, 4 * 2 ** 20),
    },
    {
      ...absolute,
      what: "Install: native files",
      ours: String(brought.native),
      other: ofPeers(({ native }) => String(native)),
      target: "0",
      ...atMost(brought.native, 0),
    },
    {
      what: "Type check of 20 operations: time",
      ours: `${ours.toFixed(2)} s`,
      other: `@types/node alone: ${alone.toFixed(2)} s`,
      ratio: (ours / alone).toFixed(2),
      target: "≤ 1.5 ×",
      ...judge(ours / alone, { atMost: 1.5 }),
    },
  ];
}
