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

interface At {
  readonly place: string;
  readonly position: Position;
}

type Inner = (old: Schema, now: Schema, place: string) => Change[];

/** Fewer values restrict what users may send; more values extend what they must expect. */
const narrowed = ({ request }: Position): Level => (request ? "major" : "minor");
const widened = ({ response }: Position): Level => (response ? "major" : "minor");

const field = (
  { place }: At,
  level: Level,
  detail: string,
  action: Change["action"] = "changed",
): Change => ({ level, subject: "field", action, place, detail });

function compareTypes(old: Shape, now: Shape, at: At): Change[] {
  if (old.binary !== now.binary)
    return [field(at, "major", now.binary ? "text is bytes now" : "bytes are text now")];
  if (isDeepStrictEqual(old.types, now.types)) {
    if (!old.items === !now.items) return [];
    return [
      now.items
        ? field(at, narrowed(at.position), "its items have a type now")
        : field(at, widened(at.position), "its items have no type now"),
    ];
  }
  const detail = `type ${typeText(old)} is ${typeText(now)} now`;
  const fewer = isNarrower(now, old);
  const more = isNarrower(old, now);
  if (fewer) return [field(at, narrowed(at.position), detail)];
  if (more) return [field(at, widened(at.position), detail)];
  return [field(at, "major", detail)];
}

function compareNull(was: boolean, is: boolean, at: At): Change[] {
  if (was === is) return [];
  return [
    is
      ? field(at, widened(at.position), "may be null now")
      : field(at, narrowed(at.position), "is never null now"),
  ];
}

const typeText = ({ types }: Shape): string => types.join(" | ") || "any";

/** Whether one allows only what the other does. */
const isNarrower = (one: Shape, other: Shape): boolean =>
  other.types.length === 0 || (one.types.length > 0 && one.types.every((type) => other.types.includes(type)));

/** Sets of strings are open to the compiler, so only a removed value that the Engine refuses can break code. */
function compareEnums(old: Shape, now: Shape, at: At): Change[] {
  const change = (level: Level, action: Change["action"], detail: string): Change => ({
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
      now.deprecated ? field(at, "minor", "is deprecated") : field(at, "patch", "is no longer deprecated"),
    );
  }
  if (!isDeepStrictEqual(old.default, now.default)) {
    const level = at.position.request ? "minor" : "patch";
    changes.push(field(at, level, `default ${text(old.default)} is ${text(now.default)} now`));
  }
  if (!isDeepStrictEqual(old.limits, now.limits)) {
    changes.push(field(at, "patch", `${text(old.limits)} is ${text(now.limits)} now`));
  }
  if (old.hasValues !== now.hasValues) {
    changes.push(
      now.hasValues
        ? field(at, "minor", "now allows arbitrary keys")
        : field(at, "major", "no longer allows arbitrary keys"),
    );
  }
  return changes;
}

const text = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value));

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
      changes.push(field(here, level, must.after ? "required" : "optional", "added"));
    } else if (!after) {
      changes.push(field(here, "major", must.before ? "was required" : "was optional", "removed"));
    } else {
      if (must.after && !must.before) changes.push(field(here, narrowed(at.position), "is required now"));
      if (must.before && !must.after) changes.push(field(here, widened(at.position), "is optional now"));
      changes.push(...inner(before, after, here.place));
    }
  }
  return changes;
}

function compareAlternatives(old: Shape, now: Shape, at: At, inner: Inner): Change[] {
  if (old.alternatives.length !== now.alternatives.length) {
    return [
      field(at, "major", `has ${now.alternatives.length} alternatives, had ${old.alternatives.length}`),
    ];
  }
  return old.alternatives.flatMap((before, index) =>
    inner(before, now.alternatives[index] as Schema, `${at.place}|${index + 1}`),
  );
}
