import { BANNER } from "./banner.js";
import { hasOptions, type OperationModel, optionParameters, responseKinds } from "./operation-model.js";

/** Kinds whose type depends on the operation; the others are the same for all. */
const TYPED_KINDS = new Set(["json", "json-lines"]);

/** Emits generated/client.ts: one thin method per operation, and the Caller they go through. */
export function emitClient(operations: readonly OperationModel[]): string {
  return `${BANNER}
import { type Operation, operations } from "./operations.js";
import type { operations as Schema } from "./schema.js";

/** What may be set on every call, besides the operation's own parameters. */
export interface RequestOptions {
  /** Ends the call, also while its body is still arriving. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds until the answer is there: all of it, or of a stream its beginning. By default the client's \`timeout\`;
   * Infinity for no limit.
   */
  readonly timeout?: number | undefined;
  /** Milliseconds that may pass between two pieces of a stream; no limit by default. */
  readonly idleTimeout?: number | undefined;
  /** Headers to add; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined;
}

/** The arguments of an operation, before they are written to the wire. */
export interface CallArguments {
  readonly path?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Query and header parameters by name, and an optional body as \`body\`. */
  readonly options?: object | undefined;
}

/** What a call of each response kind returns; \`data\` stands for the type the schema gives the answer. */
export interface Returns {
  readonly data: unknown;
${responseKinds.map((kind) => `  readonly ${JSON.stringify(kind)}: unknown;`).join("\n")}
}

type Return<R extends Returns, Kind extends keyof Returns, Data = unknown> = (R & { readonly data: Data })[Kind];

/** Carries out an operation. The methods below call it; what implements it decides how. */
export interface Caller<R extends Returns> {
  call<Kind extends keyof Returns, Data = unknown>(
    operation: Operation,
    args: CallArguments,
    request: RequestOptions | undefined,
  ): Return<R, Kind, Data>;
}

type Query<Id extends keyof Schema> = NonNullable<Schema[Id]["parameters"]["query"]>;
type Header<Id extends keyof Schema> = NonNullable<Schema[Id]["parameters"]["header"]>;
type Body<Id extends keyof Schema, MediaType extends string> = Schema[Id] extends {
  requestBody?: { content: Record<MediaType, infer Content> };
}
  ? Content
  : never;

${operations.map(optionsInterface).filter(Boolean).join("\n\n")}

/** Every operation of the Docker Engine API as a method. */
export abstract class Client<R extends Returns> {
  protected abstract readonly caller: Caller<R>;

${operations.map(method).join("\n\n")}
}
`;
}

function optionsInterface(operation: OperationModel): string {
  if (!hasOptions(operation)) return "";
  const { query, headers } = optionParameters(operation);
  const id = JSON.stringify(operation.id);
  const omitted = operation.positional.map((name) => JSON.stringify(name)).join(" | ");
  const bases = [
    ...(query.length > 0 ? [omitted ? `Omit<Query<${id}>, ${omitted}>` : `Query<${id}>`] : []),
    ...(headers.length > 0 ? [`Header<${id}>`] : []),
  ];
  const { body } = operation;
  const said = operation.words.body ? `/** ${operation.words.body} */ ` : "";
  const member = body && !body.required ? ` ${said}body?: ${bodyType(operation)} ` : "";
  const heritage = bases.length > 0 ? ` extends ${bases.join(", ")}` : "";
  return `/** Options of {@link Client.${operation.name}}. */\nexport interface ${operation.id}Options${heritage} {${member}}`;
}

function bodyType({ id, body }: OperationModel): string {
  return `Body<${JSON.stringify(id)}, ${JSON.stringify(body?.mediaType)}>`;
}

function method(operation: OperationModel): string {
  const { query, headers } = optionParameters(operation);
  const parameters = operation.pathParameters.map((name) => `${name}: string`);
  const args: string[] = [];
  if (operation.pathParameters.length > 0) args.push(`path: { ${operation.pathParameters.join(", ")} }`);
  if (operation.body?.required) {
    parameters.push(`body: ${bodyType(operation)}`);
    args.push("body");
  }
  for (const name of operation.positional) {
    parameters.push(`${name}?: Query<${JSON.stringify(operation.id)}>[${JSON.stringify(name)}]`);
  }
  if (hasOptions(operation)) {
    const required = [...query, ...headers].some((parameter) => parameter.required);
    parameters.push(`options${required ? "" : "?"}: ${operation.id}Options`);
  }
  const options = [
    ...(hasOptions(operation) && operation.positional.length > 0 ? ["...options"] : []),
    ...operation.positional,
  ];
  if (options.length > 0) args.push(`options: { ${options.join(", ")} }`);
  else if (hasOptions(operation)) args.push("options");
  parameters.push("request?: RequestOptions");
  const returns = `Return<${["R", JSON.stringify(operation.kind), ...dataType(operation)].join(", ")}>`;
  return `${comment(operation)}
  ${operation.name}(${parameters.join(", ")}): ${returns} {
    return this.caller.call(operations.${operation.id}, ${args.length > 0 ? `{ ${args.join(", ")} }` : "{}"}, request);
  }`;
}

/** The schema's type of a successful answer; a status without a body gives undefined. */
function dataType({ id, kind, answers }: OperationModel): string[] {
  if (!TYPED_KINDS.has(kind)) return [];
  const types = answers.map(({ status, mediaType }) =>
    mediaType
      ? `Schema[${JSON.stringify(id)}]["responses"][${status}]["content"][${JSON.stringify(mediaType)}]`
      : "undefined",
  );
  return [[...new Set(types)].join(" | ")];
}

function comment(operation: OperationModel): string {
  const { answers, failures, words } = operation;
  const statuses = [...answers.map(({ status }) => status), ...failures];
  const lines = [
    operation.summary,
    "",
    `\`${operation.httpMethod} ${operation.path}\` answers`,
    ...statuses.map((status) => `- ${status}${words.statuses[status] ? `: ${words.statuses[status]}` : ""}`),
    "",
    ...argumentsOf(operation).map(([name, text]) => `@param ${name} ${text}`),
    ...(operation.deprecated ? ["@deprecated The Engine API marks this operation as deprecated."] : []),
    ...(operation.docs ? [`@see ${operation.docs}`] : []),
  ];
  return `  /**\n${lines.map((line) => `   *${line ? ` ${line}` : ""}\n`).join("")}   */`;
}

/** The arguments of an operation's method, and what is said of each. */
function argumentsOf(operation: OperationModel): [name: string, text: string][] {
  const { words, body, pathParameters, positional } = operation;
  const said = (name: string): [string, string] => [name, words.parameters[name] ?? ""];
  return [
    ...pathParameters.map(said),
    ...(body?.required ? [["body", words.body ?? ""] as [string, string]] : []),
    ...positional.map(said),
    ...(hasOptions(operation)
      ? [["options", `See {@link ${operation.id}Options}.`] as [string, string]]
      : []),
    ["request", "Signal, timeout until the answer's headers (ms), headers."],
  ].map(([name = "", text = ""]) => [name, text]);
}
