import { readFileSync, writeFileSync } from "node:fs";
import { operationsOf, readDescription } from "../../conformance/description.js";
import { engineName } from "../../conformance/engine-name.js";
import { EVIDENCE, Evidence } from "../../conformance/evidence.js";
import { changedRows, withTables } from "./page.js";
import { operations, survey, workflows } from "./survey.js";

/**
 * Tries every operation and workflow on all Engines of `test/engine/bin/engines`, side by side, and writes what came of it
 * to docs/engines.md: `npm run engines`. With `--check` it compares instead; with `--answers` it also lists how answers
 * differ from the description, and with `--evidence` it adds what Docker's Engines answered to spec/evidence.jsonl.
 */
const PAGE = "docs/engines.md";
const VARIABLES: Readonly<Record<string, string>> = {
  "28.5": "DOCKER_HOST",
  "26.1": "DOCKER_HOST_26",
  "20.10": "DOCKER_HOST_20",
  "Podman 5.8": "DOCKER_HOST_PODMAN_58",
  "Podman 5.4": "DOCKER_HOST_PODMAN_54",
  "Podman 4.3": "DOCKER_HOST_PODMAN_43",
};

async function main(): Promise<void> {
  const hosts = Object.entries(VARIABLES).map(([engine, variable]) => {
    const host = process.env[variable];
    if (!host)
      throw new Error(
        `${variable} names no ${engine}: run test/engine/bin/engines up, then eval "$(test/engine/bin/engines env)"`,
      );
    return [engine, host] as const;
  });
  const description = readDescription();
  const surveys = await Promise.all(hosts.map(([engine, host]) => survey(engine, host, description)));
  const rows = { workflows: Object.keys(workflows), operations: [...operationsOf(description).keys()] };
  if (process.argv.includes("--answers")) {
    for (const { conformance, engine } of surveys)
      for (const problem of conformance.problems) console.log(`${engine}: ${problem}`);
  }
  if (process.argv.includes("--evidence")) {
    const evidence = new Evidence(description);
    for (const [index, [engine, host]] of hosts.entries()) {
      if (engine.startsWith("Podman")) continue;
      const name = await engineName(host);
      for (const exchange of surveys[index]?.exchanges ?? []) evidence.add(exchange, name);
    }
    evidence.write(EVIDENCE);
  }
  const page = readFileSync(PAGE, "utf8");
  const current = withTables(page, surveys, rows);
  const tried = Object.keys({ ...operations, ...workflows }).length * surveys.length;
  if (!process.argv.includes("--check")) {
    writeFileSync(PAGE, current);
    console.log(`${tried} trials; wrote docs/engines.md`);
    return;
  }
  const changed = changedRows(page, current);
  for (const line of changed) console.error(`not in docs/engines.md: ${line}`);
  console.log(
    `Tests:       ${changed.length > 0 ? `${changed.length} failed, ` : ""}${tried - changed.length} passed, ${tried} total`,
  );
  if (changed.length > 0) process.exitCode = 1;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
