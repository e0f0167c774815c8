import { refuseTwins } from "../correct/correct.js";
import { type OpenApi, type Operation, operationsOf, type Parameter } from "../openapi.js";
import { SpecError } from "../spec-error.js";
import { readWords, type Words } from "./operation-words.js";
import { type TypedSchema, typeText } from "./type-text.js";

/** The forms of an answer's body; each becomes a type for the caller. */
export const responseKinds = [
  "json",
  "none",
  "text",
  "tar",
  "archive",
  "path-stat",
  "json-lines",
  "progress",
  "frames",
  "hijack",
  "websocket",
] as const;
export type ResponseKind = (typeof responseKinds)[number];

/** How a query or header value is encoded. */
export const parameterEncodings = [
  "text",
  "json",
  "repeat",
  "repeat-json",
  "comma",
  "base64url",
  "filters",
  "time",
] as const;
export type ParameterEncoding = (typeof parameterEncodings)[number];

export interface ParameterModel {
  readonly name: string;
  readonly encoding: ParameterEncoding;
  readonly required: boolean;
  /** Its type by the names of schema.ts. */
  readonly type: string;
  /** The API version that introduced it, if supported Engines lack it. */
  readonly since: string | undefined;
}

/** What the emitters need to know about an operation. */
export interface OperationModel {
  readonly id: string;
  readonly name: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly summary: string;
  readonly docs: string;
  readonly deprecated: boolean;
  readonly kind: ResponseKind;
  readonly pathParameters: readonly string[];
  readonly query: readonly ParameterModel[];
  readonly headers: readonly ParameterModel[];
  readonly positional: readonly string[];
  readonly body:
    | {
        readonly mediaType: string;
        readonly required: boolean;
        readonly isList: boolean;
        /** Its type by the names of schema.ts. */
        readonly type: string;
      }
    | undefined;
  readonly answers: readonly {
    readonly status: number;
    readonly mediaType: string | undefined;
    /** The type of its body by the names of schema.ts. */
    readonly type: string;
  }[];
  readonly failures: readonly number[];
  /** The options that turn a stream of values into a single value. */
  readonly singleWhen: Readonly<Record<string, unknown>> | undefined;
  /** The operation whose answer says whether there is a terminal, and the field that does. */
  readonly terminal: { readonly operation: string; readonly field: readonly string[] } | undefined;
  /** The protocol to upgrade the connection to, if it is not tcp. */
  readonly upgrade: string | undefined;
  readonly words: Words;
}

const BODY_MEDIA_TYPES = new Set([
  "application/json",
  "application/x-tar",
  "application/octet-stream",
  "text/plain",
]);

const PARAMETER_PLACES = new Set(["path", "query", "header"]);

/** The arguments a method has besides its path parameters. */
const METHOD_ARGUMENTS = new Set(["body", "options", "request"]);

/** Reads all operations, sorted by id. Refuses anything the emitters cannot express. */
export function readOperations(document: OpenApi): OperationModel[] {
  refuseTwins(document);
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    if ("parameters" in item) throw new SpecError(`${path} has parameters; declare them in each operation.`);
  }
  const operations = operationsOf(document).map(({ operation, method, path }) =>
    readOperation(document, operation, method, path),
  );
  operations.sort((a, b) => (a.id < b.id ? -1 : 1));
  return operations;
}

/** The options that are not separate arguments. */
export function optionParameters({ query, headers, positional }: OperationModel) {
  return { query: query.filter(({ name }) => !positional.includes(name)), headers };
}

/** Whether its method takes options before the request argument. */
export function hasOptions(operation: OperationModel): boolean {
  const { query, headers } = optionParameters(operation);
  return query.length > 0 || headers.length > 0 || (operation.body !== undefined && !operation.body.required);
}

function readOperation(
  document: OpenApi,
  operation: Operation,
  method: string,
  path: string,
): OperationModel {
  const id = operation.operationId;
  if (!id || !/^[A-Z][A-Za-z0-9]*$/.test(id)) {
    throw new SpecError(`${method.toUpperCase()} ${path} has no usable operationId (${JSON.stringify(id)}).`);
  }
  const fail = (problem: string): never => {
    throw new SpecError(`${id} (${method.toUpperCase()} ${path}) ${problem}`);
  };
  const kind = responseKinds.find((known) => known === operation["x-response-kind"]);
  if (!kind) {
    return fail(
      `has the x-response-kind ${JSON.stringify(operation["x-response-kind"])}; ` +
        `state one of ${responseKinds.join(", ")} in spec/overlays/response-kinds.yaml.`,
    );
  }
  if (!operation.summary) return fail("has no summary; write one in spec/docs.");
  const parameters = (operation.parameters ?? []) as Parameter[];
  const odd = parameters.find((parameter) => !PARAMETER_PLACES.has(parameter.in));
  if (odd) return fail(`has the parameter ${JSON.stringify(odd)}, which is in no path, query or header.`);
  const query = parameters.filter((parameter) => parameter.in === "query").map((p) => readParameter(p, fail));
  const headers = parameters
    .filter((parameter) => parameter.in === "header")
    .map((p) => readParameter(p, fail));
  const positional = operation["x-positional"] ?? [];
  const stray = positional.find((name) => !query.some((parameter) => parameter.name === name));
  if (stray) return fail(`lists "${stray}" as x-positional, but has no such query parameter.`);
  const body = readBody(operation, document, fail);
  const options = [...query, ...headers].map(({ name }) => name);
  if (body && !body.required) options.push("body");
  const twice = options.find((name, index) => options.indexOf(name) !== index);
  if (twice) return fail(`has two options called "${twice}".`);
  const answers: OperationModel["answers"][number][] = [];
  const failures: number[] = [];
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const code = Number(status);
    if (!Number.isInteger(code)) return fail(`declares the status "${status}", which is not a number.`);
    const [content] = Object.entries((response as Partial<RequestBody>).content ?? {});
    const [mediaType, { schema = {} } = {}] = content ?? [];
    const type = content ? (typeText(schema) ?? "unknown") : "undefined";
    if (code < 400) answers.push({ status: code, mediaType, type });
    else failures.push(code);
  }
  if (answers.length === 0) return fail("declares no successful status.");
  if (kind === "json" && !answers.some(({ mediaType }) => mediaType === "application/json")) {
    return fail("is of kind json, but no successful status declares application/json.");
  }
  return {
    id,
    name: `${id[0]?.toLowerCase()}${id.slice(1)}`,
    httpMethod: method.toUpperCase(),
    path,
    summary: operation.summary,
    docs: operation.externalDocs?.url ?? "",
    deprecated: operation.deprecated ?? false,
    kind,
    pathParameters: readPathParameters(path, parameters, fail),
    query,
    headers,
    positional,
    body,
    answers,
    failures,
    singleWhen: operation["x-single-when"],
    terminal: operation["x-terminal"],
    upgrade: operation["x-upgrade"],
    words: readWords(document, operation),
  };
}

type Fail = (problem: string) => never;

function readPathParameters(path: string, parameters: readonly Parameter[], fail: Fail): string[] {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);
  const declared = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  if ([...names].sort().join() !== [...declared].sort().join()) {
    fail(
      `declares the path parameters ${declared.join(", ") || "(none)"}; its path has ${names.join(", ") || "(none)"}.`,
    );
  }
  const unusable = names.find((name) => !/^[A-Za-z_$][\w$]*$/.test(name) || METHOD_ARGUMENTS.has(name));
  if (unusable) fail(`has the path parameter "${unusable}", which cannot be an argument of its method.`);
  return names;
}

function readParameter(parameter: Parameter, fail: Fail): ParameterModel {
  const { name, required = false, "x-since": since } = parameter;
  if (since !== undefined && !/^\d+\.\d+$/.test(since)) {
    fail(`has the parameter ${name} with the x-since "${since}", which is not an API version.`);
  }
  const [content] = Object.values(parameter.content ?? {}) as { schema?: TypedSchema }[];
  const type = typeText(content?.schema ?? (parameter.schema as TypedSchema | undefined) ?? {}) ?? "unknown";
  return { name, encoding: readEncoding(parameter, fail), required, type, since };
}

function readEncoding(parameter: Parameter, fail: Fail): ParameterEncoding {
  const stated = parameter["x-encoding"];
  if (stated) {
    return (
      parameterEncodings.find((known) => known === stated) ??
      fail(`has the parameter ${parameter.name} with the unknown x-encoding "${stated}".`)
    );
  }
  const mediaTypes = Object.keys(parameter.content ?? {});
  if (mediaTypes.length > 0) {
    if (mediaTypes.join() === "application/json") return "json";
    return fail(
      `has the parameter ${parameter.name} as ${mediaTypes.join(", ")}; only application/json is known.`,
    );
  }
  if (parameter.schema?.type !== "array") return "text";
  return parameter.explode === false ? "comma" : "repeat";
}

interface RequestBody {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, { readonly schema?: TypedSchema }>>;
}

function readBody(operation: Operation, document: OpenApi, fail: Fail): OperationModel["body"] {
  const stated = operation.requestBody;
  if (!stated) return undefined;
  const name = "$ref" in stated ? stated.$ref.replace("#/components/requestBodies/", "") : undefined;
  const body = (name === undefined ? stated : document.components?.requestBodies?.[name]) as
    | RequestBody
    | undefined;
  if (!body) return fail(`refers to the request body ${name}, which is not defined.`);
  const mediaTypes = Object.keys(body.content);
  const [mediaType] = mediaTypes;
  if (!mediaType || mediaTypes.length > 1 || !BODY_MEDIA_TYPES.has(mediaType)) {
    return fail(
      `takes a body of the media types ${mediaTypes.join(", ") || "(none)"}; an overlay must leave exactly one of ` +
        `${[...BODY_MEDIA_TYPES].join(", ")}.`,
    );
  }
  const { schema = {} } = body.content[mediaType] ?? {};
  const type = typeText(schema) ?? "unknown";
  return { mediaType, required: body.required ?? false, isList: schema.type === "array", type };
}
