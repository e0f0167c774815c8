import { BANNER } from "./banner.js";
import type { Base } from "./base.js";
import { type Declaration, importTypes, without } from "./declaration.js";
import { hasOptions, type OperationModel, optionParameters, type ResponseKind } from "./operation-model.js";
import { namesIn } from "./type-text.js";

/** What a call of each kind returns, as a type and in words; `data` is the schema's type of the answer. */
const RETURNS: Readonly<
  Record<ResponseKind, { readonly type: (data: string) => string; readonly words: string }>
> = {
  json: { type: (data) => `Call<${data}>`, words: "" },
  none: { type: () => "Call<void>", words: "Nothing." },
  text: { type: () => "Call<string>", words: "Text." },
  tar: { type: () => "StreamCall<TarStream, Buffer>", words: "A tar archive, as a stream." },
  archive: {
    type: () => "StreamCall<ArchiveStream, Buffer>",
    words: "A tar archive, as a stream, with a description of the path.",
  },
  "path-stat": { type: () => "Call<PathStat>", words: "A description of the path." },
  "json-lines": { type: (data) => `StreamCall<JsonStream<${data}>, ${data}>`, words: "A stream of objects." },
  progress: {
    type: () => "StreamCall<ProgressStream, ProgressMessage>",
    words: "A stream of progress records, which throws if the operation fails.",
  },
  frames: { type: () => "StreamCall<LogStream, LogChunk>", words: "stdout and stderr, as a stream." },
  hijack: {
    type: () => "StreamCall<AttachStream, LogChunk>",
    words: "The connection, as streams both ways.",
  },
  websocket: {
    type: () => "StreamCall<AttachStream, LogChunk>",
    words: "The connection, as streams both ways.",
  },
};

/** The types that src/ provides for those above. */
const RETURNED = [
  "ArchiveStream",
  "AttachStream",
  "Call",
  "JsonStream",
  "LogChunk",
  "LogStream",
  "PathStat",
  "ProgressStream",
  "StreamCall",
  "TarStream",
];

/** The methods that src/docker.ts overrides. Each version declares them itself: only a method can be overridden. */
export const OVERRIDDEN: readonly string[] = ["DistributionInspect", "ImageGet"];

/** What generated/client.ts declares: one thin method per operation. */
export const readMethods = (operations: readonly OperationModel[]): Declaration[] =>
  operations.map((operation) => ({
    name: operation.name,
    ...method(operation),
  }));

/** What a method uses besides types: the data of its operation. */
export const dataOf = (id: string): string => `operations.${id}`;

/** Emits generated/client.ts: the methods, and the Caller they go through; on a base, only what differs from it. */
export function emitClient(
  methods: readonly Declaration[],
  available: { readonly options: readonly string[]; readonly schemas: readonly string[] },
  base?: Base,
): string {
  const own = base?.methods.own ?? methods;
  const text = own.map((one) => one.text).join("\n\n");
  const returned = RETURNED.filter((name) => own.some(({ uses }) => uses.includes(name)));
  const options = [...available.options.filter((name) => name !== "RequestOptions"), "RequestOptions"];
  return `${BANNER}
${returned.length > 0 ? `import type { ${returned.join(", ")} } from "#src/operation/returned.js";\n` : ""}${base ? `import { type Caller, Client as Base } from "${base.path}client.js";\n` : ""}import { ${base ? "" : "type Operation, "}operations } from "./operations.js";
${importTypes(own, options, "./options.js")}${importTypes(own, available.schemas.toSorted(), "./schema.js")}
${base ? baseClass(base) : CALLER}/** Every operation of the Docker Engine API as a method. */
export abstract class Client${base ? " extends Same" : ""} {
  /** @internal */
  protected abstract readonly caller: Caller;

${text}
}
`;
}

const CALLER = `/** The arguments of an operation, before they are encoded. */
export interface CallArguments {
  readonly path?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Query and header parameters by name, and an optional body as \`body\`. */
  readonly options?: object | undefined;
}

/** Performs operations for the methods below. */
export interface Caller {
  call<Returned>(operation: Operation, args: CallArguments, request: RequestOptions | undefined): Returned;
}

`;

/** The base as this version's client extends it: TypeScript must not hold new signatures against old ones. */
function baseClass({ path, api, methods }: Base): string {
  return `export type { CallArguments, Caller } from "${path}client.js";

/** The methods that are the same in API ${api}. */
type Same = ${without("Base", methods)};
const Same = Base as unknown as abstract new () => Same;

`;
}

function method(operation: OperationModel): Pick<Declaration, "text" | "uses"> {
  const { query, headers } = optionParameters(operation);
  const parameters = operation.pathParameters.map((name) => `${name}: string`);
  const args: string[] = [];
  if (operation.pathParameters.length > 0) args.push(`path: { ${operation.pathParameters.join(", ")} }`);
  if (operation.body?.required) {
    parameters.push(`body: ${operation.body.type}`);
    args.push("body");
  }
  for (const name of operation.positional) {
    const type = operation.query.find((parameter) => parameter.name === name)?.type;
    parameters.push(`${name}?: ${type}`);
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
  const returned = returnType(operation);
  const call = `return this.caller.call(${dataOf(operation.id)}, ${args.length > 0 ? `{ ${args.join(", ")} }` : "{}"}, request);`;
  const declared = `${operation.name}(${parameters.join(", ")})`;
  const body = `{\n    ${call}\n  }`;
  const uses = [dataOf(operation.id), ...namesIn(`${declared}: ${returned}`)];
  if (!operation.singleWhen)
    return { text: `${comment(operation)}\n  ${declared}: ${returned} ${body}`, uses };
  // One value instead of a stream of them: a signature of its own, which goes first.
  const single = RETURNS.json.type(dataType(operation));
  const singly = declared.replace(/options\??: (\w+)Options/, "options: $1SingleOptions");
  const text = [
    `${comment(operation, "A single object.")}\n  ${singly}: ${single};`,
    `${comment(operation)}\n  ${declared}: ${returned};`,
    `  ${declared}: ${single} | ${returned} ${body}`,
  ].join("\n");
  return { text, uses: [...uses, ...namesIn(`${singly}: ${single}`)] };
}

const returnType = (operation: OperationModel): string => RETURNS[operation.kind].type(dataType(operation));

/** The type of a successful answer; a status without a body gives undefined. */
const dataType = ({ answers }: OperationModel): string =>
  [...new Set(answers.map(({ type }) => type))].join(" | ");

function comment(operation: OperationModel, returned = returnWords(operation)): string {
  const { words } = operation;
  const lines = [
    operation.summary,
    "",
    `\`${operation.httpMethod} ${operation.path}\``,
    "",
    ...argumentsOf(operation).map(([name, text]) => `@param ${name} ${text}`),
    `@returns ${returned}`,
    ...operation.failures.map((status) => `@throws {EngineError} ${statusWords(operation, status)}`),
    "@throws {ArgumentError} An argument is invalid; nothing was sent.",
    "@throws {DockerError} The Engine cannot be reached, or the call was aborted or timed out.",
    ...(operation.deprecated ? ["@deprecated The Engine API marks this operation as deprecated."] : []),
    ...(words.example ? ["@example", ...words.example.split("\n")] : []),
    ...(operation.docs ? [`@see ${operation.docs}`] : []),
  ];
  return `  /**\n${lines.map((line) => `   *${line ? ` ${line}` : ""}\n`).join("")}   */`;
}

function returnWords({ kind, answers, words }: OperationModel): string {
  const said = answers.filter(({ status }) => words.statuses[status]);
  const statuses = said.map(({ status }) =>
    said.length > 1 ? `${status}: ${words.statuses[status]}` : words.statuses[status],
  );
  return [RETURNS[kind].words, ...statuses].filter(Boolean).join(" ") || "The answer.";
}

const statusWords = ({ words }: OperationModel, status: number): string =>
  words.statuses[status] ? `${status}: ${words.statuses[status]}` : `${status}`;

/** The arguments of an operation's method, with their descriptions. */
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
    ["request", "Signal, timeouts in milliseconds, and headers."],
  ].map(([name = "", text = ""]) => [name, text]);
}
