import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { type DescribedResponse, type Description, operationsOf } from "./description.js";
import type { Exchange } from "./exchange.js";
import { type JsonSchema, strictly, strictParts } from "./strict.js";

/** Something that an Engine answered and the description does not say. */
export interface Finding {
  /** What is wrong, the same for every occurrence of it. */
  readonly problem: string;
  /** What was sent, abridged. */
  readonly example: string;
}

/** Response kinds whose bodies are records, one a line. */
const RECORDS = ["json-lines", "progress"];
const EXCERPT = 120;

/** Whole numbers, by the range that their format gives them. Beyond 2^53 a parsed number is still a whole one. */
const integers: Readonly<Record<string, readonly [number, number]>> = {
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0, 2 ** 64],
};

/** Compares answers with a description: status, media type, and body with the schema, which may not have further fields. */
export class Validator {
  readonly #operations: ReturnType<typeof operationsOf>;
  readonly #schemas: Readonly<Record<string, JsonSchema>>;
  readonly #compiled = new Map<JsonSchema, ValidateFunction>();
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, inlineRefs: false });

  constructor(description: Description) {
    this.#operations = operationsOf(description);
    this.#schemas = description.components?.schemas ?? {};
    addFormats.default(this.#ajv);
    for (const [name, [least, most]] of Object.entries(integers)) {
      const validate = (value: number): boolean => Number.isInteger(value) && value >= least && value <= most;
      this.#ajv.addFormat(name, { type: "number", validate });
    }
    const schemas = Object.entries(this.#schemas).map(([name, schema]) => [
      name,
      strictParts(schema, this.#schemas),
    ]);
    this.#ajv.addSchema({ $id: "strict:", components: { schemas: Object.fromEntries(schemas) } });
  }

  /** What is wrong with an answer; nothing if it is as described. */
  validate({ operation: id, status, mediaType, body, whole }: Exchange): readonly Finding[] {
    const operation = this.#operations.get(id);
    if (!operation) return [{ problem: `${id} is not in the description`, example: "" }];
    const where = `${id} ${status}`;
    const example = abridged(body ?? "");
    const response = operation.responses[status];
    if (!response) return [{ problem: `${where}: the description lacks this status`, example }];
    // An answer to HEAD has the headers of a body, and none.
    if (operation.method === "HEAD") return [];
    const schema = schemaOf(response, mediaType);
    if (!response.content) {
      return body ? [{ problem: `${where}: the description has no body`, example }] : [];
    }
    if (!schema) return [{ problem: `${where}: the description lacks the media type ${mediaType}`, example }];
    if (body === undefined || !(mediaType ?? "json").endsWith("json")) return [];
    const records = status < 400 && RECORDS.includes(operation["x-response-kind"]);
    if (!records && !whole) return [];
    try {
      const values = records ? recordsOf(body, whole) : [JSON.parse(body)];
      return values.flatMap((value) => this.#compare(where, schema, value));
    } catch {
      return [{ problem: `${where}: the body is not JSON`, example }];
    }
  }

  #compare(where: string, schema: JsonSchema, value: unknown): readonly Finding[] {
    const validate = this.#compiled.get(schema) ?? this.#compile(schema);
    if (validate(value)) return [];
    return telling(validate.errors ?? []).map((error) => {
      const field = `${fieldOf(error)}`;
      const problem =
        error.keyword === "unevaluatedProperties"
          ? `${where}: the Engine sends a field the description lacks: ${field}`
          : `${where}: ${field || "the body"} ${error.message}`;
      return { problem, example: abridged(JSON.stringify(valueAt(value, error))) };
    });
  }

  #compile(schema: JsonSchema): ValidateFunction {
    const absolute = JSON.parse(
      JSON.stringify(strictly(schema, this.#schemas)).replaceAll('"#/components/', '"strict:#/components/'),
    );
    const validate = this.#ajv.compile(absolute);
    this.#compiled.set(schema, validate);
    return validate;
  }
}

/** An answer without a media type, as of streaming statistics, is taken for what is described if that is one thing. */
function schemaOf({ content = {} }: DescribedResponse, mediaType?: string): JsonSchema | undefined {
  const [first, ...others] = Object.keys(content);
  const described = content[mediaType ?? (others.length === 0 ? first : undefined) ?? ""];
  return described && (described.schema ?? {});
}

/** The values of a body with one a line. The last one may have been cut where reading ended early. */
function recordsOf(body: string, whole: boolean): readonly unknown[] {
  const lines = body.split("\n");
  if (!whole) lines.pop();
  return lines.filter((line) => line.trim()).map((line) => JSON.parse(line));
}

/** Leaves out what only sums up others: that no branch fits, and that the branch for null does not. */
function telling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const kept = errors.filter(
    ({ keyword, params }) =>
      !["anyOf", "oneOf"].includes(keyword) && !(keyword === "type" && params.type === "null"),
  );
  return kept.length > 0 ? kept : errors;
}

/** The field's place, with "[]" for any item of a list. */
function fieldOf({ instancePath, keyword, params }: ErrorObject): string {
  const place = instancePath.slice(1).replace(/(^|\/)\d+(?=\/|$)/g, "$1[]");
  const further = keyword === "unevaluatedProperties" ? params.unevaluatedProperty : undefined;
  return [place, further].filter(Boolean).join("/");
}

function valueAt(value: unknown, { instancePath, keyword, params }: ErrorObject): unknown {
  const names = instancePath.split("/").slice(1);
  if (keyword === "unevaluatedProperties") names.push(params.unevaluatedProperty);
  const unescaped = names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return unescaped.reduce<unknown>((part, name) => (part as Record<string, unknown>)?.[name], value);
}

const abridged = (text = "undefined"): string =>
  text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
