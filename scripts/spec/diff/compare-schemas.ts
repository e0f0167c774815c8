import { isDeepStrictEqual } from "node:util";
import type { OpenApi } from "../openapi.js";
import type { Position } from "../positions.js";
import type { Change, Level } from "./change.js";
import { referenceOf, type Schema, type Shape, shapeOf } from "./shape.js";

/** The documents to compare. */
export interface Documents {
  readonly before: OpenApi;
  readonly after: OpenApi;
}

/** The differences of two schemas at the same place in both documents. */
export function compareSchemas(
  documents: Documents,
  before: Schema,
  after: Schema,
  at: { readonly place: string; readonly position: Position },
  seen: readonly string[] = [],
): Change[] {
  const was = referenceOf(before);
  const is = referenceOf(after);
  // A named schema is compared where it is defined.
  if (was.ref !== undefined && was.ref === is.ref) return compareNull(was.isNull, is.isNull, at);
  const pair = `${was.ref} ${is.ref}`;
  if ((was.ref ?? is.ref) !== undefined && seen.includes(pair)) return [];
  const [first, second] = [choicesOf(before), choicesOf(after)];
  if (was.ref !== undefined && second.length > 1 && second.includes(was.ref))
    return [field(at, "type-widened", widened(at.position), `no longer always ${nameOf(was.ref)}`)];
  if (is.ref !== undefined && first.length > 1 && first.includes(is.ref))
    return [field(at, "type-narrowed", narrowed(at.position), `now always ${nameOf(is.ref)}`)];
  const shapes = { old: shapeOf(documents.before, before), new: shapeOf(documents.after, after) };
  const inner = (old: Schema, now: Schema, place: string) =>
    compareSchemas(documents, old, now, { place, position: at.position }, [...seen, pair]);
  return [
    ...compareTypes(shapes.old, shapes.new, at),
    ...compareEnums(shapes.old, shapes.new, at),
    ...compareRest(shapes.old, shapes.new, at),
    ...compareProperties(shapes.old, shapes.new, at, inner),
    ...(shapes.old.items && shapes.new.items
      ? inner(shapes.old.items, shapes.new.items, `${at.place}[]`)
      : []),
    ...(shapes.old.values && shapes.new.values
      ? inner(shapes.old.values, shapes.new.values, `${at.place}{}`)
      : []),
    ...compareAlternatives(shapes.old, shapes.new, at, inner),
  ];
}

/** What a schema may be instead of null, by reference; "" for what has no name. */
const choicesOf = (schema: Schema): string[] =>
  ([schema.oneOf ?? schema.anyOf ?? []].flat() as Schema[])
    .filter(({ type }) => type !== "null")
    .map(({ $ref }) => (typeof $ref === "string" ? $ref : ""));

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

interface At {
  readonly place: string;
  readonly position: Position;
}

type Inner = (old: Schema, now: Schema, place: string) => Change[];

/** Fewer values restrict what users may send; more values extend what they must expect. */
const narrowed = ({ request }: Position): Level => (request ? "major" : "minor");
const widened = ({ response }: Position): Level => (response ? "major" : "minor");

/** The name of a rule on a type, by where users meet it: what is breaking where they write is not where they read. */
const ruleOn = ({ request, response }: Position, rule: string): string =>
  `${request && response ? "shared" : request ? "request" : "response"}-${rule}`;

const field = (
  { place, position }: At,
  rule: string,
  level: Level,
  detail: string,
  action: Change["action"] = "changed",
): Change => ({ rule: ruleOn(position, `field-${rule}`), level, subject: "field", action, place, detail });

function compareTypes(old: Shape, now: Shape, at: At): Change[] {
  if (old.binary !== now.binary)
    return [field(at, "bytes-changed", "major", now.binary ? "from text to bytes" : "from bytes to text")];
  if (isDeepStrictEqual(old.types, now.types)) {
    if (!old.items === !now.items) return [];
    return [
      now.items
        ? field(at, "type-narrowed", narrowed(at.position), "its items now have a type")
        : field(at, "type-widened", widened(at.position), "its items no longer have a type"),
    ];
  }
  const detail = `from ${typeText(old)} to ${typeText(now)}`;
  const fewer = isNarrower(now, old);
  const more = isNarrower(old, now);
  if (fewer) return [field(at, "type-narrowed", narrowed(at.position), detail)];
  if (more) return [field(at, "type-widened", widened(at.position), detail)];
  return [field(at, "type-changed", "major", detail)];
}

function compareNull(was: boolean, is: boolean, at: At): Change[] {
  if (was === is) return [];
  return [
    is
      ? field(at, "became-nullable", widened(at.position), "may now be null")
      : field(at, "became-not-nullable", narrowed(at.position), "is no longer null"),
  ];
}

const typeText = ({ types }: Shape): string => types.join(" | ") || "any";

/** Whether one allows only what the other does. */
const isNarrower = (one: Shape, other: Shape): boolean =>
  other.types.length === 0 || (one.types.length > 0 && one.types.every((type) => other.types.includes(type)));

/** Sets of strings are open to the compiler, so only a removed value that the Engine refuses can break code. */
function compareEnums(old: Shape, now: Shape, at: At): Change[] {
  const change = (level: Level, action: Change["action"], detail: string): Change => ({
    rule: ruleOn(at.position, `enum-${action}`),
    level,
    subject: "enum",
    action,
    place: at.place,
    detail,
  });
  if (!old.enum && !now.enum) return [];
  if (!old.enum) return [change("minor", "added", `its values are named: ${list(now.enum)}`)];
  if (!now.enum) return [change("patch", "removed", `its values are no longer named: ${list(old.enum)}`)];
  const added = now.enum.filter((value) => !old.enum?.some((other) => isDeepStrictEqual(other, value)));
  const removed = old.enum.filter((value) => !now.enum?.some((other) => isDeepStrictEqual(other, value)));
  const isOpen = [...old.enum, ...now.enum].every((value) => typeof value === "string");
  return [
    ...(added.length > 0 ? [change(isOpen ? "minor" : widened(at.position), "added", list(added))] : []),
    ...(removed.length > 0
      ? [change(at.position.request ? "major" : "patch", "removed", list(removed))]
      : []),
  ];
}

const list = (values: readonly unknown[] | undefined): string =>
  (values ?? []).map((value) => JSON.stringify(value)).join(", ");

function compareRest(old: Shape, now: Shape, at: At): Change[] {
  const changes: Change[] = [];
  if (old.deprecated !== now.deprecated) {
    changes.push(
      now.deprecated
        ? field(at, "deprecated", "minor", "deprecated")
        : field(at, "undeprecated", "patch", "no longer deprecated"),
    );
  }
  if (!isDeepStrictEqual(old.default, now.default)) {
    const level = at.position.request ? "minor" : "patch";
    changes.push(field(at, "default-changed", level, `from ${text(old.default)} to ${text(now.default)}`));
  }
  if (!isDeepStrictEqual(old.limits, now.limits)) {
    changes.push(field(at, "limits-changed", "patch", `from ${text(old.limits)} to ${text(now.limits)}`));
  }
  if (old.hasValues !== now.hasValues) {
    changes.push(
      now.hasValues
        ? field(at, "keys-opened", "minor", "now allows arbitrary keys")
        : field(at, "keys-closed", "major", "no longer allows arbitrary keys"),
    );
  }
  return changes;
}

const text = (value: unknown): string =>
  value === undefined || isDeepStrictEqual(value, {}) ? "none" : JSON.stringify(value);

function compareProperties(old: Shape, now: Shape, at: At, inner: Inner): Change[] {
  const changes: Change[] = [];
  const names = new Set([...Object.keys(old.properties), ...Object.keys(now.properties)]);
  for (const name of names) {
    const before = old.properties[name];
    const after = now.properties[name];
    const here = { place: `${at.place}.${name}`, position: at.position };
    const must = { before: old.required.includes(name), after: now.required.includes(name) };
    if (!before) {
      const level = must.after && at.position.request ? "major" : "minor";
      changes.push(
        field(
          here,
          must.after ? "added-required" : "added",
          level,
          must.after ? "required" : "optional",
          "added",
        ),
      );
    } else if (!after) {
      changes.push(field(here, "removed", "major", must.before ? "was required" : "was optional", "removed"));
    } else {
      if (must.after && !must.before)
        changes.push(field(here, "became-required", narrowed(at.position), "now required"));
      if (must.before && !must.after)
        changes.push(field(here, "became-optional", widened(at.position), "now optional"));
      changes.push(...inner(before, after, here.place));
    }
  }
  return changes;
}

function compareAlternatives(old: Shape, now: Shape, at: At, inner: Inner): Change[] {
  if (old.alternatives.length !== now.alternatives.length) {
    return [
      field(
        at,
        "alternatives-changed",
        "major",
        `has ${now.alternatives.length} alternatives, had ${old.alternatives.length}`,
      ),
    ];
  }
  return old.alternatives.flatMap((before, index) =>
    inner(before, now.alternatives[index] as Schema, `${at.place}|${index + 1}`),
  );
}
