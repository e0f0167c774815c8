import { rm } from "node:fs/promises";
import { operationsOf, readDescription } from "./description.js";
import { engineName } from "./engine-name.js";
import { EVIDENCE, Evidence } from "./evidence.js";
import { FOLDER, readExchanges } from "./exchange.js";
import { type Goal, Report } from "./report.js";
import { unreached } from "./unreached.js";
import { Validator } from "./validator.js";

/**
 * Validates all that the engine tests exchanged and prints the report. Fails if something contradicts the description,
 * and, where `all` tests ran, if too little was reached. With RECORD_EVIDENCE it adds what was answered to
 * spec/evidence.jsonl.
 */
export async function judge({ all }: { readonly all: boolean }): Promise<void> {
  const { DOCKER_HOST, DOCKER_HOST_OVERLAY2, ENGINE_STORE, RECORD_EVIDENCE, [FOLDER]: folder } = process.env;
  if (!folder) throw new Error(`${FOLDER} is not set: test/conformance/global-setup.cjs did not run`);
  const description = readDescription();
  const validator = new Validator(description);
  const report = new Report();
  const evidence = new Evidence(description);
  const names = new Map<string, string>();
  if (RECORD_EVIDENCE && DOCKER_HOST) names.set("containerd", await engineName(DOCKER_HOST));
  if (RECORD_EVIDENCE && DOCKER_HOST_OVERLAY2) names.set("overlay2", await engineName(DOCKER_HOST_OVERLAY2));
  for (const exchange of readExchanges(folder)) {
    report.add(exchange, validator.validate(exchange));
    const name = names.get(exchange.engine);
    if (name !== undefined) evidence.add(exchange, name);
  }
  if (names.size > 0) evidence.write(EVIDENCE);
  await rm(folder, { recursive: true });
  const goal: Goal = {
    operations: [...operationsOf(description).keys()],
    least: 95,
    unreached: unreached(process.env),
    engines: ENGINE_STORE ? [ENGINE_STORE] : ["containerd", ...(DOCKER_HOST_OVERLAY2 ? ["overlay2"] : [])],
  };
  process.stdout.write(`\n${report.summary(goal, { all })}\n`);
  const wrong = [...report.mismatches, ...(all ? report.shortfalls(goal) : [])];
  if (wrong.length > 0) throw new Error(`The engine tests do not conform:\n  ${wrong.join("\n  ")}`);
}
