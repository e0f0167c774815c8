import { onAbort } from "../../abort.js";
import { together } from "../limits.js";
import type { Waiting } from "./attempts.js";
import { commandSucceeds } from "./command.js";
import type { AnyCondition, ExitedCondition, GroupCondition, SingleCondition } from "./conditions.js";
import { becomesHealthy, lastCheckOf } from "./health.js";
import { httpAnswers } from "./http.js";
import { logMatches } from "./log.js";
import { portOpens } from "./port.js";
import type { ConditionState } from "./readiness-error.js";
import { Unmet } from "./unmet.js";

/** State of each single condition, in the order in which they were written. */
export type States = Map<SingleCondition, ConditionState>;

/** Shared by all conditions of a wait. */
export type Common = Omit<Waiting, "tell"> & { readonly states: States };

const isGroup = (condition: AnyCondition): condition is GroupCondition =>
  condition.kind === "all" || condition.kind === "any";

/** The single conditions in a condition. */
export function singlesOf(condition: AnyCondition): SingleCondition[] {
  return isGroup(condition) ? condition.conditions.flatMap(singlesOf) : [condition];
}

/** Waits until a condition is met. @throws {Unmet} it can no longer be met */
export async function meet(condition: AnyCondition, common: Common, signal: AbortSignal): Promise<void> {
  if (isGroup(condition)) {
    const works = condition.conditions.map((one) => (own: AbortSignal) => meet(one, common, own));
    await (condition.kind === "all" ? together(works, signal) : firstOf(works, signal));
    return;
  }
  const { states, watched } = common;
  const take = (met: boolean, state: string): void =>
    void states.set(condition, { condition: condition.description, met, state });
  const waiting = { ...common, tell: (state: string) => take(false, state) };
  try {
    await meetSingle(condition, waiting, signal);
    take(true, "met");
  } catch (error) {
    if (error instanceof Unmet && error !== watched.last?.ending) take(false, `it ${error.message}`);
    throw error;
  }
}

async function meetSingle(condition: SingleCondition, waiting: Waiting, signal: AbortSignal): Promise<void> {
  const { tell, watched } = waiting;
  switch (condition.kind) {
    case "port":
      return portOpens(condition, waiting, signal);
    case "log":
      return logMatches(condition, waiting, signal);
    case "http":
      return httpAnswers(condition, waiting, signal);
    case "exec":
      return commandSucceeds(condition, waiting, signal);
    case "exited":
      return exits(condition, waiting, signal);
    case "healthy":
      try {
        await becomesHealthy(watched, signal);
      } finally {
        tell(lastCheckOf(watched.last?.inspected));
      }
  }
}

async function exits(
  { code }: ExitedCondition,
  { tell, watched }: Waiting,
  signal: AbortSignal,
): Promise<void> {
  tell("it still runs");
  const ending = await watched.when((look) => look.ending, signal);
  // A forced removal also ends it with an exit code.
  if (ending.exitCode !== undefined && (code === undefined || code === ending.exitCode)) return;
  tell(`it ${ending.message}`);
  throw ending;
}

/** Does several things at once. The first success ends the rest; they fail when all have failed, or one with another error. */
async function firstOf(
  works: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  const stopListening = onAbort(signal, () => ending.abort(signal.reason));
  const failures: unknown[] = [];
  let isMet = false;
  await Promise.all(
    works.map(async (work) => {
      try {
        await work(ending.signal);
        isMet = true;
        ending.abort();
      } catch (error) {
        failures.push(error);
        if (!(error instanceof Unmet)) ending.abort(error);
      }
    }),
  );
  stopListening();
  if (isMet) return;
  throw failures.find((error) => !(error instanceof Unmet)) ?? failures.at(-1);
}
