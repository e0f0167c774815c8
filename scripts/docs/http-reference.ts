import type { ReferenceObject, ResponseObject, SchemaObject } from "openapi-typescript";
import { isObject, type OpenApi, type Parameter, resolve, schemaName } from "../spec/openapi.js";
import { anchorOf, inProse, type Page } from "./guides.js";
import { bySubject, type DocumentedOperation, documentedOperations, linked } from "./operations.js";

type Schema = SchemaObject | ReferenceObject;

const GROUP = "HTTP reference";
const SHARED = "http/schemas.md";

/** The reference of the corrected description: a page per subject, and one for the schemas that several use. */
export function httpReference(description: OpenApi): Page[] {
  const schemas = (description.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  const subjects = bySubject(documentedOperations(description));
  const used = new Map(subjects.map(([subject, some]) => [subject, schemasIn(some, description)]));
  /** The page that has a schema: that of the only subject that uses it, or the shared one. */
  const homeOf = (name: string): string => {
    const users = [...used].filter(([, names]) => names.has(name));
    const [only] = users[0] ?? [];
    return users.length === 1 && only ? pathOf(only) : SHARED;
  };
  const homes = new Map(Object.keys(schemas).map((name) => [name, homeOf(name)]));
  const onPage = (path: string): string[] =>
    [...homes]
      .filter(([, home]) => home === path)
      .map(([name]) => name)
      .sort();
  const api = description.info.version;
  const pages = subjects.map(([subject, some]): Page => {
    const words = new Words(pathOf(subject), homes, description);
    const own = onPage(pathOf(subject));
    return {
      path: pathOf(subject),
      title: subject,
      group: GROUP,
      summary: `HTTP requests of API v${api}: ${subject}`,
      text: [
        `# ${subject}: HTTP requests`,
        `What goes over the wire in API v${api}. Paths begin with \`/v${api}\`. [All operations](../docs/operations.md)`,
        ...some.map((operation) => operationSection(operation, words)),
        ...(own.length > 0 ? ["## Schemas"] : []),
        ...own.map((name) => schemaSection(name, schemas[name] as Schema, words)),
      ].join("\n\n"),
    };
  });
  const shared = new Words(SHARED, homes, description);
  return [
    ...pages,
    {
      path: SHARED,
      title: "Shared schemas",
      group: GROUP,
      summary: `Schemas of API v${api} that several subjects use`,
      text: [
        "# Shared schemas",
        `Schemas of API v${api} that requests and answers of several subjects use. The description itself is \`docker-engine-sdk/openapi.json\`.`,
        "## Schemas",
        ...onPage(SHARED).map((name) => schemaSection(name, schemas[name] as Schema, shared)),
      ].join("\n\n"),
    },
  ];
}

const pathOf = (subject: string): string => `http/${subject.toLowerCase()}.md`;

/** The names of all schemas that operations refer to, directly or not. */
function schemasIn(operations: readonly DocumentedOperation[], description: OpenApi): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isObject(value)) return;
    if (typeof value.$ref === "string") {
      const name = schemaName(value.$ref);
      if (name === undefined || !found.has(name)) {
        if (name !== undefined) found.add(name);
        visit(resolve(description, value.$ref));
      }
    }
    Object.values(value).forEach(visit);
  };
  for (const { operation } of operations) visit(operation);
  return found;
}

function operationSection({ operation, request, name, summary }: DocumentedOperation, words: Words): string {
  const parameters = (operation.parameters ?? []) as readonly Parameter[];
  const body = words.resolved(operation.requestBody);
  const parts = [`## ${request}`, `${prose(summary)} Method: ${linked.method(name)}`];
  if (parameters.length > 0) {
    const rows = parameters.map(
      (parameter) =>
        `| ${code(parameter.name)} | ${parameter.in} | ${words.parameterType(parameter)} | ${cell(parameter.description)} |`,
    );
    parts.push(`| Parameter | In | Type | |\n| --- | --- | --- | --- |\n${rows.join("\n")}`);
  }
  if (body) {
    const media = Object.entries(body.content ?? {}) as [string, { schema?: Schema }][];
    const types = media.map(([type, { schema }]) => `\`${type}\`${schema ? `: ${words.type(schema)}` : ""}`);
    parts.push(
      `**Body${body.required ? "" : ", optional"}** ${types.join(", ")}. ${prose(body.description)}`,
    );
  }
  const answers = Object.entries(operation.responses ?? {}).map(([status, response]) =>
    answerRow(status, response as ResponseObject, words),
  );
  parts.push(`| Status | Body | |\n| --- | --- | --- |\n${answers.join("\n")}`);
  for (const { source } of operation["x-codeSamples"] ?? []) parts.push(`\`\`\`ts\n${source}\n\`\`\``);
  return parts.join("\n\n");
}

function answerRow(status: string, response: ResponseObject, words: Words): string {
  const media = Object.entries(response.content ?? {}) as [string, { schema?: Schema }][];
  const bodies = media.map(([type, { schema }]) =>
    type === "application/json" && schema ? words.type(schema) : `\`${type}\``,
  );
  const headers = Object.keys(response.headers ?? {}).map(code);
  const more = headers.length > 0 ? ` Headers: ${headers.join(", ")}` : "";
  return `| ${status} | ${bodies.join(", ") || "–"} | ${cell(response.description)}${more} |`;
}

function schemaSection(name: string, schema: Schema, words: Words): string {
  const parts = [`### ${name}`];
  if ("description" in schema && schema.description) parts.push(prose(schema.description));
  const bases = "allOf" in schema ? ((schema.allOf ?? []) as Schema[]).filter((one) => "$ref" in one) : [];
  if (bases.length > 0) parts.push(`Has the fields of ${bases.map((one) => words.type(one)).join(", ")}.`);
  const fields = words.fields(schema);
  if (fields.length > 0) parts.push(`| Field | Type | |\n| --- | --- | --- |\n${fields.join("\n")}`);
  else if (bases.length === 0) parts.push(`Type: ${words.type(schema)}`);
  return parts.join("\n\n");
}

/** Says in words and links of a page what the description says in schemas. */
class Words {
  readonly #page: string;
  readonly #homes: ReadonlyMap<string, string>;
  readonly #description: OpenApi;

  constructor(page: string, homes: ReadonlyMap<string, string>, description: OpenApi) {
    this.#page = page;
    this.#homes = homes;
    this.#description = description;
  }

  /** What a reference points to, or the value itself. */
  resolved<Value extends object>(value: Value | ReferenceObject | undefined): Value | undefined {
    if (!value || !("$ref" in value)) return value as Value | undefined;
    return resolve(this.#description, value.$ref as string) as Value;
  }

  /** A row for each field of an object, without those of the schemas that it extends. */
  fields(schema: Schema): string[] {
    if ("$ref" in schema) return [];
    if ("allOf" in schema) return ((schema.allOf ?? []) as Schema[]).flatMap((one) => this.fields(one));
    const { properties = {}, required = [] } = schema as {
      properties?: Record<string, Schema>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, field]) => {
      const type = `${this.type(field)}${required.includes(name) ? ", **required**" : ""}`;
      return `| ${code(name)} | ${type}${limitsOf(field)} | ${cell((field as SchemaObject).description)} |`;
    });
  }

  parameterType(parameter: Parameter): string {
    const content = parameter.content as Readonly<Record<string, { schema?: Schema }>> | undefined;
    const [media, inJson] = Object.entries(content ?? {})[0] ?? [];
    const schema = parameter.schema ?? inJson?.schema;
    const type = schema ? `${this.type(schema)}${limitsOf(schema)}` : "string";
    const form = media ? `${type}, as JSON` : type;
    return parameter.required ? `${form}, **required**` : form;
  }

  type(schema: Schema): string {
    if ("$ref" in schema) return this.#link(schemaName(schema.$ref as string) ?? "");
    const {
      oneOf,
      allOf,
      enum: values,
      type,
      items,
      additionalProperties,
    } = schema as {
      oneOf?: Schema[];
      allOf?: Schema[];
      enum?: unknown[];
      type?: string | string[];
      items?: Schema;
      additionalProperties?: Schema | boolean;
    };
    if (oneOf) return oneOf.map((one) => this.type(one)).join(" or ");
    if (allOf?.length === 1) return this.type(allOf[0] as Schema);
    if (values) return values.map((value) => code(JSON.stringify(value))).join(", ");
    const types = [type ?? "any"].flat();
    return types
      .map((one) => {
        if (one === "array" && items) return `array of ${this.type(items)}`;
        if (one === "object" && isObject(additionalProperties))
          return `map of ${this.type(additionalProperties as Schema)}`;
        return one;
      })
      .join(" or ");
  }

  #link(name: string): string {
    const home = this.#homes.get(name) ?? SHARED;
    return `[${name}](${home === this.#page ? "" : home.replace("http/", "")}#${anchorOf(name)})`;
  }
}

/** Format, default and limits of a value. */
function limitsOf(schema: Schema): string {
  const { format, default: initial, minimum, maximum, pattern } = schema as Readonly<Record<string, unknown>>;
  const said = [
    format === undefined ? "" : `${format}`,
    minimum === undefined ? "" : `at least ${minimum}`,
    maximum === undefined ? "" : `at most ${maximum}`,
    pattern === undefined ? "" : `like ${code(String(pattern))}`,
    initial === undefined || initial === "" ? "" : `default ${code(JSON.stringify(initial))}`,
  ].filter(Boolean);
  return said.length > 0 ? `, ${said.join(", ")}` : "";
}

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** Text that Markdown takes as it is. */
const prose = (text = ""): string =>
  inProse(text, (part) => part.replaceAll("<", "&lt;").replaceAll("{", "&#123;"));

/** Text in a cell of a table. */
const cell = (text = ""): string =>
  prose(text)
    .replaceAll("\n", " ")
    .replaceAll(/(?<!\\)\|/g, "\\|");
