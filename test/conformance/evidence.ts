import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type Answer, type PlacedSchema, partsOf, step } from "../../scripts/spec/upstream/answers.js";
import { type Description, operationsOf } from "./description.js";
import type { Exchange } from "./exchange.js";

/** What Engines answered, an answer a line: the evidence of `npm run spec -- upstream-patch`. */
export const EVIDENCE = "spec/evidence.jsonl";

const ABSENT = "absent";
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Sums up exchanges: which statuses and media types came, and the types of each field. No values are kept. */
export class Evidence {
  readonly #description: Description;
  readonly #answers = new Map<string, { answer: Answer; fields: Map<string, Set<string>> }>();

  constructor(description: Description) {
    this.#description = description;
  }

  /** Takes an exchange with an Engine, which `engine` names by version and image store. */
  add({ operation, status, mediaType, body, whole }: Exchange, engine: string): void {
    const described = operationsOf(this.#description).get(operation);
    if (!described || isOfVersion(status, body)) return;
    const fields = this.#fieldsOf({ engine, operation, status, mediaType, fields: {} });
    const schema = Object.values(described.responses[status]?.content ?? {})[0]?.schema;
    if (!schema || body === undefined || status >= 400 || !mediaType?.endsWith("json")) return;
    for (const value of valuesOf(body, whole, described["x-response-kind"]))
      this.#look(value, [{ schema, place: "" }], "", fields);
  }

  /** Writes what is known to a file, together with what it has. */
  write(file: string): void {
    for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []) {
      const answer: Answer = JSON.parse(line);
      const fields = this.#fieldsOf(answer);
      for (const [path, types] of Object.entries(answer.fields))
        for (const type of types.split(" ")) see(fields, path, type);
    }
    const lines = [...this.#answers.values()].map(({ answer, fields }) =>
      JSON.stringify({ ...answer, fields: summary(fields) }),
    );
    writeFileSync(file, `${lines.sort().join("\n")}\n`);
  }

  #fieldsOf(answer: Answer): Map<string, Set<string>> {
    const { engine, operation, status, mediaType } = answer;
    const key = JSON.stringify([engine, operation, status, mediaType]);
    const known = this.#answers.get(key) ?? { answer, fields: new Map() };
    this.#answers.set(key, known);
    return known.fields;
  }

  #look(
    value: unknown,
    schemas: readonly PlacedSchema[],
    path: string,
    fields: Map<string, Set<string>>,
  ): void {
    see(fields, path, typeOf(value));
    const next = (name: string): PlacedSchema[] =>
      schemas.flatMap((one) => step(this.#description, one, name));
    if (Array.isArray(value))
      for (const item of value) this.#look(item, next("[]"), under(path, "[]"), fields);
    if (!isRecord(value)) return;
    const known = schemas.flatMap((one) =>
      partsOf(this.#description, one).flatMap(({ schema: { properties } }) => Object.keys(properties ?? {})),
    );
    for (const name of known) if (!(name in value)) see(fields, under(path, name), ABSENT);
    for (const [name, child] of Object.entries(value)) {
      const at = known.includes(name) ? name : "*";
      this.#look(child, next(at), under(path, at), fields);
    }
  }
}

/**
 * Whether an Engine refused the version in the path, which it does before it looks at the operation. The answer to a HEAD
 * request has no message, so it might have.
 */
const isOfVersion = (status: number, body: string | undefined): boolean =>
  status === 400 && (body === "" || /client version \S+ is too (new|old)/.test(body ?? ""));

const under = (path: string, name: string): string => (path ? `${path}/${name}` : name);

const see = (fields: Map<string, Set<string>>, path: string, type: string): void =>
  void fields.set(path, (fields.get(path) ?? new Set()).add(type));

/** What was seen of each field, but those that never came. */
const summary = (fields: ReadonlyMap<string, ReadonlySet<string>>): Record<string, string> =>
  Object.fromEntries(
    [...fields]
      .map(([path, types]) => [path, [...types].sort().join(" ")] as const)
      .filter(([, types]) => types !== ABSENT)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

/** The values of a body; of one that was not read to its end, the records that are complete. */
function valuesOf(body: string, whole: boolean, kind: string): readonly unknown[] {
  try {
    if (!["json-lines", "progress"].includes(kind)) return whole ? [JSON.parse(body)] : [];
    const lines = body.split("\n");
    if (!whole) lines.pop();
    return lines.filter((line) => line.trim()).map((line) => JSON.parse(line));
  } catch {
    // An answer that is not as described is the validator's to report.
    return [];
  }
}
