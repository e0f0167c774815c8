import { TimeoutError } from "../../errors.js";
import type { EngineClient } from "../engine-client.js";
import { type Limits, withLimits } from "../limits.js";
import type { AnyCondition } from "./conditions.js";
import type { HostFinder } from "./engine-host.js";
import { lastCheckOf } from "./health.js";
import { LastLines } from "./last-lines.js";
import { meet, type States, singlesOf } from "./meet.js";
import { ReadinessError, type ReadinessFailure } from "./readiness-error.js";
import { Unmet } from "./unmet.js";
import { WatchedContainer } from "./watched-container.js";

/** Waits until a condition of a container is met. */
export async function readiness(
  docker: EngineClient,
  findHost: HostFinder,
  container: string,
  condition: AnyCondition,
  limits: Limits,
): Promise<void> {
  const watched = new WatchedContainer(docker, container);
  const lastLines = new LastLines(watched);
  const states: States = new Map(
    singlesOf(condition).map((one) => [
      one,
      { condition: one.description, met: false, state: "not looked at yet" },
    ]),
  );
  try {
    await withLimits("waitFor", limits, (signal) =>
      watched.during(signal, () =>
        lastLines.beside(signal, () => meet(condition, { watched, findHost, lastLines, states }, signal)),
      ),
    );
  } catch (error) {
    const problem = problemOf(error, container);
    if (!problem) throw error;
    if (error instanceof TimeoutError) await lookAtChecks(watched, states);
    const { heading, lines: log } = await lastLines.told();
    const conditions = [...states.values()];
    const lines = [
      problem.text,
      ...conditions.map((one) => `  ${one.condition}: ${one.state}`),
      `  ${heading}`,
      ...log.map((line) => `    ${line}`),
    ];
    const { exitCode, failure } = problem;
    const told = new ReadinessError(lines.join("\n"), failure, { exitCode, conditions, log });
    throw error instanceof TimeoutError ? new TimeoutError(told.message, { cause: told }) : told;
  }
}

/** For a last inspection after the timeout. */
const LAST_LOOK_MS = 2000;

/** A check that fails like the one before it causes no event. */
async function lookAtChecks(watched: WatchedContainer, states: States): Promise<void> {
  const before = lastCheckOf(watched.last?.inspected);
  const waiting = [...states].filter(([{ kind }, { state }]) => kind === "healthy" && state === before);
  if (waiting.length === 0) return;
  await watched.look(AbortSignal.timeout(LAST_LOOK_MS)).catch(() => undefined);
  const state = lastCheckOf(watched.last?.inspected);
  for (const [condition, known] of waiting) states.set(condition, { ...known, state });
}

interface Problem {
  readonly text: string;
  readonly failure: ReadinessFailure;
  readonly exitCode?: number | undefined;
}

/** The problem with the container; undefined if the problem lies elsewhere. */
function problemOf(error: unknown, container: string): Problem | undefined {
  if (error instanceof Unmet) {
    const { exitCode, failure, message } = error;
    return { text: `waitFor: the container ${container} ${message}`, failure, exitCode };
  }
  if (!(error instanceof TimeoutError)) return undefined;
  return { text: `${error.message}: the container ${container} is not ready`, failure: "timeout" };
}
