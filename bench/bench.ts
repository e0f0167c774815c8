/**
 * Compares the built and packed package with other clients; docs/performance.md describes what is measured and how. Run it
 * with `npm run bench`, after `npm run build`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { arch, cpus, release, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { chartOf } from "./chart.js";
import { writeDocs } from "./docs.js";
import { memoryOf } from "./memory.js";
import { measurePackage } from "./package.js";
import { engineRuns } from "./real-engine.js";
import { allRows, clientTable, figuresOf, type Results, reportOf, tableOf } from "./report.js";
import { comparedClients, runsOf } from "./runs.js";
import { runtimeFigures } from "./runtimes.js";
import { scaleOf, scaleRows } from "./scale.js";
import { Site } from "./site.js";
import { type Runs, rowsOf } from "./targets.js";
import { OURS, WORKLOADS, type Workload, type WorkloadName } from "./workloads.js";

const USAGE = `npm run bench -- [OPTION...]

  --only a,b      these only: ${Object.keys(WORKLOADS).join(", ")}, package, memory, scale, engine, runtimes
  --rounds N      rounds of each workload; 5 by default
  --short         a minute for CI: fails if a ratio is worse than half its target, twice
  --all           runtimes and scale too
  --json FILE     writes all figures
  --from FILE     begins with the figures of that file, and measures nothing more than --only asks for
  --svg FILE      draws CPU by client
  --docs          updates docs/performance.md and docs/performance.svg
  --help`;

const SHORT: readonly WorkloadName[] = [
  ...(["call", "concurrent", "export", "events", "buildFolder"] as const),
];
const SHORT_ROUNDS = 3;
const OTHERS = ["package", "memory", "scale", "engine", "runtimes"] as const;
type Subject = WorkloadName | (typeof OTHERS)[number];

const isWorkload = (name: string): name is WorkloadName => Object.hasOwn(WORKLOADS, name);

function subjectsOf(only: string): Subject[] {
  return only.split(",").map((name) => {
    if (isWorkload(name) || OTHERS.includes(name as never)) return name as Subject;
    throw new Error(`There is nothing named ${name} to measure.\n\n${USAGE}`);
  });
}

function machineOf(site: Site | undefined): string {
  const [cpu] = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const small = site ? `; small answers from ${site.small}` : "";
  const disk = site?.isInMemory === false ? "; files on a disk, for lack of room in memory" : "";
  return `${cpus().length} × ${cpu?.model.trim()}, ${gib} GiB, Linux ${release()} ${arch()}, Node ${process.versions.node}${small}${disk}`;
}

/** Measures all subjects, and prints and keeps each as soon as it is known. */
async function measureAll(
  subjects: readonly Subject[],
  rounds: number,
  from: Partial<Results>,
  keep: (results: Results) => Promise<void>,
): Promise<Results> {
  const site = await Site.open();
  const workloads: Partial<Record<WorkloadName, Runs>> = { ...from.workloads };
  const results: { -readonly [Key in keyof Results]: Results[Key] } = {
    ...from,
    machine: machineOf(site),
    date: new Date().toISOString(),
    rounds,
    workloads,
  };
  try {
    console.log(`${results.machine}; medians of ${rounds} alternating rounds`);
    for (const subject of subjects) {
      if (isWorkload(subject)) {
        const runs = await runsOf(site, subject, { rounds, isShort: false });
        workloads[subject] = runs;
        console.log(`\n${clientTable(WORKLOADS[subject], runs)}`);
      } else if (subject === "package") results.package = await measurePackage(site.folder);
      else if (subject === "memory") results.memory = await memoryOf(site);
      else if (subject === "scale") results.scale = await scaleOf(site);
      else if (subject === "runtimes") results.runtimes = await runtimeFigures(site, rounds);
      else if (process.env.DOCKER_HOST?.startsWith("unix://")) {
        results.engine = await engineRuns(site, process.env.DOCKER_HOST, rounds);
      } else console.log("\nThe docker CLI is left out: DOCKER_HOST names no unix socket of a real Engine.");
      await keep(results);
    }
    return results;
  } finally {
    await site.close();
  }
}

/** The short form. Returns whether each ratio is at least half as good as its target, at the second try at the latest. */
async function check(): Promise<boolean> {
  const site = await Site.open();
  try {
    console.log(machineOf(site));
    const rows = [];
    for (const name of SHORT) {
      const workload: Workload = WORKLOADS[name];
      const plan = { rounds: SHORT_ROUNDS, isShort: true, clients: comparedClients(workload) };
      let found = rowsOf(workload, await runsOf(site, name, plan));
      if (found.some(({ isFar }) => isFar)) found = rowsOf(workload, await runsOf(site, name, plan));
      rows.push(...found);
    }
    console.log(tableOf(rows));
    const far = rows.filter(({ isFar }) => isFar);
    for (const { what, ratio, target } of far)
      console.error(`Worse than half the target: ${what} has ${ratio}, but the target is ${target}`);
    return far.length === 0;
  } finally {
    await site.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...{ rounds: { type: "string", default: "5" }, only: { type: "string" } },
      ...{
        short: { type: "boolean" },
        all: { type: "boolean" },
        docs: { type: "boolean" },
        help: { type: "boolean" },
      },
      ...{ json: { type: "string" }, from: { type: "string" }, svg: { type: "string" } },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.short) {
    if (!(await check())) process.exitCode = 1;
    return;
  }
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a number from 1, not ${values.rounds}`);
  const from = values.from ? (JSON.parse(await readFile(values.from, "utf8")) as Results) : undefined;
  const more: Subject[] = values.all ? ["scale", "runtimes"] : [];
  const everything: Subject[] = [
    ...(Object.keys(WORKLOADS) as WorkloadName[]),
    "package",
    "memory",
    "engine",
    ...more,
  ];
  const subjects = values.only ? subjectsOf(values.only) : from ? [] : everything;
  const keep = async (found: Results): Promise<void> => {
    if (values.json) await writeFile(values.json, `${JSON.stringify(found, undefined, 2)}\n`);
  };
  const results = from && subjects.length === 0 ? from : await measureAll(subjects, rounds, from ?? {}, keep);
  console.log(`\n${tableOf([...allRows(results), ...scaleRows(results.scale ?? {})])}`);
  const chart = chartOf(figuresOf(results.workloads ?? {}), WORKLOADS, OURS);
  if (values.svg) await writeFile(values.svg, chart);
  if (values.docs) await writeDocs(reportOf(results), chart);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
