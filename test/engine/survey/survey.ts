import { setTimeout as sleep } from "node:timers/promises";
import { isDockerError, isEngineError } from "../../../src/index.js";
import { type Description, operationsOf } from "../../conformance/description.js";
import type { Exchange } from "../../conformance/exchange.js";
import { Recording } from "../../conformance/recording.js";
import { Validator } from "../../conformance/validator.js";
import { rawRequest } from "../raw.js";
import { applications } from "./applications.js";
import { containers } from "./containers.js";
import { images } from "./images.js";
import { Subject, type Trial, type Trials } from "./subject.js";
import { secrets, system } from "./system.js";
import { workflows as transfers } from "./workflows.js";

/** What came of a trial. */
export type Outcome =
  | { readonly is: "works" | "not there" | "not tried" }
  /** `how`, one text per difference. */
  | { readonly is: "differs" | "fails"; readonly how: readonly string[] };

/** How far an Engine's answers are as the description has them. */
export interface Conformance {
  /** Operations with an answer, and those of them whose answers are all as described. */
  readonly answered: number;
  readonly asDescribed: number;
  /** What is not, one text per kind. */
  readonly problems: readonly string[];
  /** How many of them are fields that are missing, null, or of another type: where a type does not hold. */
  readonly untrue: number;
}

/** An Engine and all that came of its trials. */
export interface Survey {
  readonly engine: string;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly conformance: Conformance;
  /** What it answered. */
  readonly exchanges: readonly Exchange[];
}

export const workflows: Trials = { ...transfers, ...applications };
export const operations: Trials = { ...containers, ...images, ...system, ...secrets };

const PATIENCE_MS = 90_000;
/** An Engine has time for more than one trial, as most of them wait. */
const AT_ONCE = 2;

/** Tries everything on one Engine. */
export async function survey(engine: string, host: string, description: Description): Promise<Survey> {
  const recording = new Recording(() => engine, { everyEngine: true });
  const outcomes = new Map<string, Outcome>();
  const trials = Object.entries({ ...workflows, ...operations });
  const undergo = async ([name, trial]: [string, Trial]): Promise<void> => {
    outcomes.set(name, await outcomeOf(trial, host, ({ docker }) => docker.use(recording.hook(engine))));
  };
  const waiting = [...trials];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await undergo(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Engines have bugs of their own where two calls meet, such as a prune and a deletion.
  for (const trial of trials) if (outcomes.get(trial[0])?.is === "fails") await undergo(trial);
  for (const [id, { method, path }] of operationsOf(description)) {
    if (!outcomes.has(id))
      outcomes.set(id, { is: (await isRoute(engine, host, method, path)) ? "not tried" : "not there" });
  }
  const { exchanges } = recording;
  return { engine, outcomes, conformance: conformanceOf(exchanges, description), exchanges };
}

async function outcomeOf(trial: Trial, host: string, prepare: (subject: Subject) => void): Promise<Outcome> {
  const subject = new Subject(host);
  prepare(subject);
  const ending = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: ending.signal }).then(() => {
    throw new Error(`does not end within ${PATIENCE_MS} ms`);
  });
  late.catch(() => undefined);
  try {
    const how = ((await Promise.race([trial(subject), late])) ?? []).filter(
      (text) => typeof text === "string",
    );
    return how.length > 0 ? { is: "differs", how } : { is: "works" };
  } catch (error) {
    return outcomeOfFailure(error as Error);
  } finally {
    ending.abort();
    await subject.close();
  }
}

function outcomeOfFailure(error: Error): Outcome {
  const { message } = error;
  const isMissing = isEngineError(error, 501) || message.includes("does not have this operation");
  if (isEngineError(error) && isMissing) return { is: "not there" };
  if (isEngineError(error, 503) && message.includes("swarm")) return { is: "not tried" };
  const [line = ""] = message.split("\n");
  return { is: "fails", how: [`fails: ${isDockerError(error) ? `${error.name}: ` : ""}${line}`] };
}

/** Whether Podman has an operation. A request to Docker might do something. */
async function isRoute(engine: string, host: string, method: string, path: string): Promise<boolean> {
  if (!engine.startsWith("Podman")) return true;
  const { body, status } = await rawRequest(
    host,
    method.toUpperCase(),
    `/v1.41${path.replace(/\{\w+\}/g, "none")}`,
  );
  return !(status === 405 || status === 503 || (status === 404 && /^Not Found|is not supported/.test(body)));
}

/** Compares successful answers: a failure of Podman is another object than Docker's. Sets of values are open. */
function conformanceOf(exchanges: readonly Exchange[], description: Description): Conformance {
  const validator = new Validator(description);
  const problems = new Map<string, Set<string>>();
  for (const exchange of exchanges) {
    if (exchange.status >= 400 || exchange.body?.startsWith('{"cause":')) continue;
    const found = problems.get(exchange.operation) ?? new Set();
    problems.set(exchange.operation, found);
    for (const { problem } of validator.validate(exchange)) found.add(problem);
  }
  const kinds = [...problems.values()].flatMap((found) => [...found]).sort();
  return {
    answered: problems.size,
    asDescribed: [...problems.values()].filter(({ size }) => size === 0).length,
    problems: kinds,
    untrue: kinds.filter((kind) => / must (be (?!equal)|have)/.test(kind)).length,
  };
}
