import { describe } from "../arguments.js";
import { StreamError } from "../errors.js";
import { isObject } from "../members.js";

/** The parts of an answer that a workflow reads: the type of a value, a list of one shape, members by name, or "*" for any name. */
export type Shape = "string" | "number" | "boolean" | readonly [Shape] | { readonly [name: string]: Shape };

/** A part of an answer that cannot be used. */
interface Misfit {
  /** Such as "State.Health.Log[0]"; empty for the answer itself. */
  readonly path: string;
  readonly found: string;
  readonly wanted: string;
}

/**
 * Checks the parts of an answer that a workflow reads, so that a wrong answer of another product or a mock fails with an
 * error of ours. Missing or null parts pass unless needed, since Engines differ in what they leave out.
 *
 * @param needed paths that must be there, such as "State.ExitCode"
 * @throws {StreamError} something needed is missing, or a part has the wrong type
 */
export function checkedAnswer<T>(answer: T, operation: string, shape: Shape, needed: readonly string[]): T {
  const fail = (problem: string): never => {
    throw new StreamError(`${operation}: the answer ${problem}; check that a Docker Engine listens there`);
  };
  if (!isObject(answer)) fail(`is ${describe(answer)}, not an object`);
  const problem = problemIn(answer, shape);
  if (problem !== undefined) fail(`has ${problem}`);
  const missing = needed.find((path) => at(answer, path) === undefined);
  if (missing !== undefined) fail(`has no ${missing}`);
  return answer;
}

/** The first part of the wrong type, worded for a message; undefined if all types are right. */
export function problemIn(value: unknown, shape: Shape): string | undefined {
  const misfit = misfitIn(value, shape, "");
  return misfit && `${misfit.found} for ${misfit.path}, where ${misfit.wanted} belongs`;
}

function misfitIn(value: unknown, shape: Shape, path: string): Misfit | undefined {
  if (typeof shape === "string") return isOf(shape, value) ? undefined : misfit(value, `a ${shape}`, path);
  if (isList(shape)) {
    if (!Array.isArray(value)) return misfit(value, "a list", path);
    return first(value.entries(), ([index, item]) => misfitIn(item, shape[0], `${path}[${index}]`));
  }
  if (!isObject(value)) return misfit(value, "an object", path);
  const inner = (name: string, part: Shape): Misfit | undefined =>
    isMissing(value[name]) ? undefined : misfitIn(value[name], part, path === "" ? name : `${path}.${name}`);
  const { "*": any } = shape;
  if (any !== undefined) return first(Object.keys(value), (name) => inner(name, any));
  return first(Object.entries(shape), ([name, part]) => inner(name, part));
}

const isMissing = (value: unknown): value is null | undefined => value === undefined || value === null;
const isList = (shape: Exclude<Shape, string>): shape is readonly [Shape] => Array.isArray(shape);

/** Integers may be wide. */
const isOf = (type: string, value: unknown): boolean =>
  typeof value === type || (type === "number" && typeof value === "bigint");

const misfit = (value: unknown, wanted: string, path: string): Misfit => ({
  path,
  found: describe(value),
  wanted,
});

function first<T>(items: Iterable<T>, find: (item: T) => Misfit | undefined): Misfit | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}

/** The part of an answer at a path; undefined if it is missing. */
function at(answer: unknown, path: string): unknown {
  const part = path.split(".").reduce<unknown>((value, name) => Object(value)[name], answer);
  return isMissing(part) ? undefined : part;
}
