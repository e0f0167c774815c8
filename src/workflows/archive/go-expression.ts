import {
  ExpressionReader,
  equals,
  not,
  type Repetition,
  type Rune,
  type Test,
} from "./go-expression-reader.js";

type Assertion = (before: Rune | undefined, after: Rune | undefined) => boolean;

/** A requirement for the next characters of a text. */
type Step =
  | { readonly kind: "one" | "many"; readonly test: Test }
  /** The next `length` steps may be skipped. */
  | { readonly kind: "optional"; readonly length: number }
  | { readonly kind: "assert"; readonly holds: Assertion };

/** Go allows more, but a .dockerignore that needs it is an attack. */
const MOST_STEPS = 100_000;

/**
 * The part of Go's regular expressions that a .dockerignore can use: characters, escapes, brackets, repetitions of these,
 * `(.*\/)?`, anchors and alternatives. All possible matches are tried in parallel, so that the time never exceeds the
 * product of both lengths.
 *
 * @returns a function that tells whether it matches anywhere in a text
 * @throws {Error} Go rejects the expression
 */
export function goExpression(expression: string): (text: readonly Rune[]) => boolean {
  const alternatives = parse(new ExpressionReader(expression));
  return (text) => alternatives.some((steps) => run(steps, text));
}

function run(steps: readonly Step[], text: readonly Rune[]): boolean {
  const [first] = steps;
  const isAnchored = first?.kind === "assert" && first.holds === atStart;
  let states = new Set<number>();
  for (let at = 0; ; at += 1) {
    // A match may begin anywhere.
    if (at === 0 || !isAnchored) enter(states, 0, steps, text, at);
    if (states.has(steps.length)) return true;
    const rune = text[at];
    if (rune === undefined || (states.size === 0 && isAnchored)) return false;
    const next = new Set<number>();
    for (const state of states) {
      const step = steps[state];
      if (step?.kind === "one" && step.test(rune)) enter(next, state + 1, steps, text, at + 1);
      else if (step?.kind === "many" && step.test(rune)) enter(next, state, steps, text, at + 1);
    }
    states = next;
  }
}

/** Adds a state, and those reachable from it without a character. */
function enter(
  states: Set<number>,
  first: number,
  steps: readonly Step[],
  text: readonly Rune[],
  at: number,
): void {
  for (const waiting = [first]; waiting.length > 0; ) {
    const state = waiting.pop() as number;
    if (states.has(state)) continue;
    states.add(state);
    const step = steps[state];
    if (step?.kind === "many") waiting.push(state + 1);
    else if (step?.kind === "optional") waiting.push(state + 1, state + 1 + step.length);
    else if (step?.kind === "assert" && step.holds(text[at - 1], text[at])) waiting.push(state + 1);
  }
}

const ANY: Test = not(equals("\n"));

const isWord = (rune: Rune | undefined): boolean => rune !== undefined && /^\w$/.test(rune);
const atStart: Assertion = (before) => before === undefined;
const atEnd: Assertion = (_, after) => after === undefined;
const atBoundary: Assertion = (before, after) => isWord(before) !== isWord(after);
const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  "^": atStart,
  $: atEnd,
  "\\A": atStart,
  "\\z": atEnd,
  "\\b": atBoundary,
  "\\B": (before, after) => !atBoundary(before, after),
};

function parse(source: ExpressionReader): Step[][] {
  let steps: Step[] = [];
  const alternatives = [steps];
  while (!source.atEnd) {
    if (source.take("|")) {
      steps = [];
      alternatives.push(steps);
    } else if (source.take("(.*/)?")) {
      if (source.repetition()) throw new Error("a repetition is repeated");
      steps.push(
        { kind: "optional", length: 2 },
        { kind: "many", test: ANY },
        { kind: "one", test: equals("/") },
      );
    } else {
      const [last, ...before] = stepsOf(source).reverse();
      const repetition = source.repetition() ?? [1, 1];
      if (source.repetition()) throw new Error("a repetition is repeated");
      steps.push(...before.reverse(), ...(last ? repeated(last, repetition) : []));
    }
    if (steps.length > MOST_STEPS) throw new Error("it is too long");
  }
  return alternatives;
}

function stepsOf(source: ExpressionReader): Step[] {
  const assertion = Object.keys(ASSERTIONS).find((text) => source.take(text));
  if (assertion !== undefined) return [{ kind: "assert", holds: ASSERTIONS[assertion] as Assertion }];
  if (source.take("\\Q")) return source.quoted().map((rune) => ({ kind: "one", test: equals(rune) }));
  if (source.take("[")) return [{ kind: "one", test: source.bracket() }];
  if (source.take(".")) return [{ kind: "one", test: ANY }];
  if (source.repetition()) throw new Error("there is nothing to repeat");
  return [{ kind: "one", test: source.set() ?? equals(source.character()) }];
}

function repeated(step: Step, [least, most]: Repetition): Step[] {
  // Repeating an assertion changes nothing.
  if (step.kind !== "one") return least === 0 ? [] : [step];
  const needed = Array.from({ length: least }, () => step);
  if (most === Number.POSITIVE_INFINITY) return [...needed, { kind: "many", test: step.test }];
  const further = Array.from({ length: most - least }, (): Step[] => [{ kind: "optional", length: 1 }, step]);
  return [...needed, ...further.flat()];
}
