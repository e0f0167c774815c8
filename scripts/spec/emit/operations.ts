import { BANNER } from "./banner.js";
import type { Base } from "./base.js";
import { type Declaration, textOf, without } from "./declaration.js";
import { type OperationModel, responseKinds } from "./operation-model.js";
import { type ParameterModel, parameterEncodings } from "./parameter-model.js";

const union = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(" | ");

/** What generated/operations.ts declares: the data of each operation. */
export const readEntries = (operations: readonly OperationModel[]): Declaration[] =>
  operations.map((operation) => ({ name: operation.id, text: entry(operation), uses: [] }));

/** Emits generated/operations.ts: the operations as data, sorted by id; on a base, only what differs from it. */
export function emitOperations(entries: readonly Declaration[], api: string, base?: Base): string {
  return `${BANNER}
${base ? baseImport(base) : ""}
/** API version of these operations. */
export const apiVersion = ${JSON.stringify(api)};

${base ? "" : FORM}${base ? onBase(base) : `/** All operations by operationId. */\nexport const operations = ${literal(entries)};\n`}
/** The operationId of an operation. */
export type OperationId = keyof typeof operations;
`;
}

const literal = (entries: readonly Declaration[]): string =>
  `{\n${textOf(entries)}} as const satisfies Readonly<Record<string, Operation>>`;

/** The operations of the base with those that differ in their place. Their type is stated: inferred, it would hold them all. */
function onBase({ operations, api }: Base): string {
  const { own, gone } = operations;
  const kept =
    gone.length > 0 ? `const { ${gone.map((id) => `${id}: _${id}`).join(", ")}, ...kept } = base;\n` : "";
  return `/** The operations that API ${api} lacks or has in another form. */
const own = ${literal(own)};
${kept}
/** All operations by operationId. */
export const operations: ${without("typeof base", operations)} & typeof own = { ...${gone.length > 0 ? "kept" : "base"}, ...own };
`;
}

const baseImport = ({
  path,
}: Base): string => `import { type Operation, operations as base } from "${path}operations.js";
export type { Operation, ParameterEncoding, ResponseKind } from "${path}operations.js";
`;

const FORM = `/** Form of an answer's body. */
export type ResponseKind = ${union(responseKinds)};

/** How a query or header value is encoded. */
export type ParameterEncoding = ${union(parameterEncodings)};

/** What a call needs to know about its operation. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly kind: ResponseKind;
  /** The encoding of each query parameter. */
  readonly query: Readonly<Record<string, ParameterEncoding>>;
  /** The encoding of each header parameter. */
  readonly headers: Readonly<Record<string, ParameterEncoding>>;
  /** Names of the required query and header parameters, and "body" if it is required. */
  readonly required: readonly string[];
  /** The API version that introduced an option, where an older Engine would silently ignore it. */
  readonly since?: Readonly<Record<string, string>>;
  /** The API version since which an option may have several values; an older Engine would use one of them. */
  readonly severalSince?: Readonly<Record<string, string>>;
  /** The media type of the request body, if it has one. */
  readonly body?: string;
  /** The request body is a list. */
  readonly bodyIsList?: boolean;
  /** The protocol to upgrade the connection to, if it is not tcp. */
  readonly upgrade?: string;
  /** Statuses the description declares as successes, and as failures. */
  readonly successes: readonly number[];
  readonly failures: readonly number[];
  /** The options that turn a stream of values into a single value. */
  readonly singleWhen?: Readonly<Record<string, unknown>>;
  /** The operation whose answer says whether there is a terminal, and the field that does. */
  readonly terminal?: { readonly operation: string; readonly field: readonly string[] };
}

`;

function entry(operation: OperationModel): string {
  const parameters = [...operation.query, ...operation.headers].filter(({ required }) => required);
  const required = [...parameters.map(({ name }) => name), ...(operation.body?.required ? ["body"] : [])];
  const fields = [
    `id: ${JSON.stringify(operation.id)}`,
    `method: ${JSON.stringify(operation.httpMethod)}`,
    `path: ${JSON.stringify(operation.path)}`,
    `kind: ${JSON.stringify(operation.kind)}`,
    `query: ${encodings(operation.query)}`,
    `headers: ${encodings(operation.headers)}`,
    `required: ${JSON.stringify(required)}`,
    ...versions("since", operation),
    ...versions("severalSince", operation),
    ...(operation.body ? [`body: ${JSON.stringify(operation.body.mediaType)}`] : []),
    ...(operation.body?.isList ? ["bodyIsList: true"] : []),
    ...(operation.upgrade ? [`upgrade: ${JSON.stringify(operation.upgrade)}`] : []),
    `successes: ${JSON.stringify(operation.answers.map(({ status }) => status))}`,
    `failures: ${JSON.stringify(operation.failures)}`,
    ...(operation.singleWhen ? [`singleWhen: ${JSON.stringify(operation.singleWhen)}`] : []),
    ...(operation.terminal ? [`terminal: ${JSON.stringify(operation.terminal)}`] : []),
  ];
  return `  ${operation.id}: {\n${fields.map((field) => `    ${field},\n`).join("")}  },\n`;
}

/** The API versions that parameters state under a key. */
function versions(key: "since" | "severalSince", { query, headers }: OperationModel): string[] {
  const stated = [...query, ...headers].filter((parameter) => parameter[key] !== undefined);
  const pairs = stated.map((one) => `${JSON.stringify(one.name)}: ${JSON.stringify(one[key])}`);
  return pairs.length > 0 ? [`${key}: { ${pairs.join(", ")} }`] : [];
}

function encodings(parameters: readonly ParameterModel[]): string {
  if (parameters.length === 0) return "{}";
  const pairs = parameters.map(
    ({ name, encoding }) => `${JSON.stringify(name)}: ${JSON.stringify(encoding)}`,
  );
  return `{ ${pairs.join(", ")} }`;
}
