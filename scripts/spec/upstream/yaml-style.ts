import { isCollection, type Node, type Pair, type Scalar, stringify } from "yaml";
import { isObject } from "../openapi.js";

/** The fields that a new one follows, where it does not come last. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  produces: ["operationId", "consumes"],
  consumes: ["operationId"],
  required: ["type", "title", "description", "in"],
  type: ["description"],
  format: ["type"],
  enum: ["type", "format"],
  items: ["type"],
  collectionFormat: ["type", "items"],
  "x-nullable": ["type", "format", "enum", "items", "additionalProperties", "$ref", "allOf"],
  schema: ["description"],
  headers: ["description", "schema"],
};

const INDENT = 2;

export const nameOf = (pair: Pair): string => String((pair.key as Scalar).value);

/** Whether a value can be edited where it is, as one of the same kind. */
export const keepsForm = (node: Node, value: unknown, wanted: unknown): boolean =>
  isCollection(node)
    ? (Array.isArray(value) && Array.isArray(wanted)) || (isObject(value) && isObject(wanted))
    : !isCollection(node) &&
      !isObject(wanted) &&
      !Array.isArray(wanted) &&
      (node as Scalar).type !== "BLOCK_LITERAL";

/** The pair that a new field follows: by the order of its kind, or a status after the smaller ones. */
export function placeFor(key: string, pairs: readonly Pair[]): Pair | undefined {
  if (isStatus(key)) return pairs.findLast((pair) => Number(nameOf(pair)) < Number(key));
  const before = FOLLOWS[key] ?? [];
  return pairs.findLast((pair) => before.includes(nameOf(pair)));
}

export const isStatus = (key: string): boolean => /^\d{3}$/.test(key);

/** For each wanted item the index of the one it was before, if there was one. */
export function matchItems(items: readonly unknown[], wanted: readonly unknown[]): (number | undefined)[] {
  if (items.length === wanted.length) return wanted.map((_, index) => index);
  const known = items.map(identity);
  return wanted.map((item) => {
    const index = known.indexOf(identity(item));
    return index === -1 ? undefined : index;
  });
}

/** What tells an item of a list from the others: a parameter by name and place, anything else by itself. */
function identity(item: unknown): string {
  if (isObject(item) && "name" in item && "in" in item) return `${item.in} ${item.name}`;
  return JSON.stringify(item);
}

/** Lines in the style of the published descriptions: text in double quotes, names without. */
export function blockLines(value: unknown, column: number): string[] {
  const text = stringify(value, { ...STYLE, indent: INDENT, lineWidth: 0 });
  return text
    .trimEnd()
    .split("\n")
    .map((line) => " ".repeat(column) + line.replace(/^( *)"(\d{3})":/, "$1$2:"));
}

export const flowText = (value: unknown): string =>
  stringify(value, { ...STYLE, collectionStyle: "flow", lineWidth: 0 }).trimEnd();

const STYLE = { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;
