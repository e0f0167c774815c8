import { nameOperations, separateTwins } from "../correct/name-operations.js";
import {
  type OpenApi,
  type Operation,
  operationsOf,
  type Parameter,
  type PlacedOperation,
} from "../openapi.js";
import { type Report, refuse } from "../report.js";
import { readWords, type Words } from "./operation-words.js";
import { type ParameterModel, readParameter, readPath } from "./parameter-model.js";
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

/**
 * Reads all operations, sorted by id. Reports what the emitters cannot express, and reads the rest of the operation, with
 * the likeliest form of the odd part.
 */
export function readOperations(document: OpenApi, report: Report = refuse): OperationModel[] {
  separateTwins(document, report);
  nameOperations(document, report);
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    if ("parameters" in item) report(`${path} has parameters; declare them in each operation.`);
  }
  const operations = operationsOf(document).map((placed) => readOperation(document, placed, report));
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
  { operation, method, path }: PlacedOperation,
  report: Report,
): OperationModel {
  const id = operation.operationId as string;
  const fail: Report = (problem) => report(`${id} (${method.toUpperCase()} ${path}) ${problem}`);
  const kind = readKind(operation, fail);
  if (!operation.summary) fail("has no summary; write one in spec/docs.");
  const parameters = (operation.parameters ?? []) as Parameter[];
  const odd = parameters.find((parameter) => !PARAMETER_PLACES.has(parameter.in));
  if (odd) fail(`has the parameter ${JSON.stringify(odd)}, which is in no path, query or header.`);
  const body = readBody(operation, document, fail);
  const taken = new Set(body && !body.required ? ["body"] : []);
  const options = (place: "query" | "header"): ParameterModel[] =>
    parameters
      .filter((parameter) => parameter.in === place)
      .map((parameter) => readParameter(parameter, fail))
      .filter(({ name }) => {
        const isTwin = taken.has(name);
        if (isTwin) fail(`has two options called "${name}".`);
        taken.add(name);
        return !isTwin;
      });
  const query = options("query");
  const headers = options("header");
  const positional = (operation["x-positional"] ?? []).filter((name) => {
    const isThere = query.some((parameter) => parameter.name === name);
    if (!isThere) fail(`lists "${name}" as x-positional, but has no such query parameter.`);
    return isThere;
  });
  const { answers, failures } = readAnswers(operation, kind, fail);
  const { names, template } = readPath(path, parameters, fail);
  return {
    id,
    name: `${id[0]?.toLowerCase()}${id.slice(1)}`,
    httpMethod: method.toUpperCase(),
    path: template,
    summary: operation.summary ?? "",
    docs: operation.externalDocs?.url ?? "",
    deprecated: operation.deprecated ?? false,
    kind,
    pathParameters: names,
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

function readKind(operation: Operation, fail: Report): ResponseKind {
  const stated = operation["x-response-kind"];
  const kind = responseKinds.find((known) => known === stated);
  if (kind) return kind;
  fail(
    `has the x-response-kind ${JSON.stringify(stated)}; ` +
      `state one of ${responseKinds.join(", ")} in spec/overlays/response-kinds.yaml.`,
  );
  const successes = Object.entries(operation.responses ?? {}).filter(([status]) => Number(status) < 400);
  if (successes.some(([status]) => status === "101")) return "hijack";
  const mediaTypes = successes.flatMap(([, answer]) =>
    Object.keys((answer as Partial<RequestBody>).content ?? {}),
  );
  const likely = LIKELY_KINDS.find(([mediaType]) => mediaTypes.includes(mediaType));
  return likely?.[1] ?? (mediaTypes.length > 0 ? "tar" : "none");
}

/** What an answer of a media type probably is, for a draft. */
const LIKELY_KINDS: readonly [mediaType: string, kind: ResponseKind][] = [
  ["application/json", "json"],
  ["application/x-ndjson", "json-lines"],
  ["text/plain", "text"],
];

function readAnswers(
  operation: Operation,
  kind: ResponseKind,
  fail: Report,
): Pick<OperationModel, "answers" | "failures"> {
  const answers: OperationModel["answers"][number][] = [];
  const failures: number[] = [];
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const code = Number(status);
    if (!Number.isInteger(code)) {
      fail(`declares the status "${status}", which is not a number.`);
      continue;
    }
    const [content] = Object.entries((response as Partial<RequestBody>).content ?? {});
    const [mediaType, { schema = {} } = {}] = content ?? [];
    const type = content ? (typeText(schema) ?? "unknown") : "undefined";
    if (code < 400) answers.push({ status: code, mediaType, type });
    else failures.push(code);
  }
  if (answers.length === 0) {
    fail("declares no successful status.");
    answers.push({ status: 200, mediaType: undefined, type: "undefined" });
  } else if (kind === "json" && !answers.some(({ mediaType }) => mediaType === "application/json")) {
    fail("is of kind json, but no successful status declares application/json.");
  }
  return { answers, failures };
}

interface RequestBody {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, { readonly schema?: TypedSchema }>>;
}

function readBody(operation: Operation, document: OpenApi, fail: Report): OperationModel["body"] {
  const stated = operation.requestBody;
  if (!stated) return undefined;
  const name = "$ref" in stated ? stated.$ref.replace("#/components/requestBodies/", "") : undefined;
  const body = (name === undefined ? stated : document.components?.requestBodies?.[name]) as
    | RequestBody
    | undefined;
  if (!body) {
    fail(`refers to the request body ${name}, which is not defined.`);
    return undefined;
  }
  const mediaTypes = Object.keys(body.content);
  const known = mediaTypes.filter((mediaType) => BODY_MEDIA_TYPES.has(mediaType));
  if (mediaTypes.length !== 1 || known.length !== 1) {
    fail(
      `takes a body of the media types ${mediaTypes.join(", ") || "(none)"}; an overlay must leave exactly one of ` +
        `${[...BODY_MEDIA_TYPES].join(", ")}.`,
    );
  }
  const mediaType = known[0] ?? mediaTypes[0] ?? "application/octet-stream";
  const { schema = {} } = body.content[mediaType] ?? {};
  const type = typeText(schema) ?? "unknown";
  return { mediaType, required: body.required ?? false, isList: schema.type === "array", type };
}
