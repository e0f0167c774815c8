import { astToString } from "openapi-typescript";
import ts from "typescript";
import { BANNER } from "./banner.js";
import { plainComments } from "./comments.js";
import { memberOf, membersOf, nameOf } from "./members.js";
import { hasOptions, type OperationModel } from "./operation-model.js";
import { orUndefined } from "./optional-fields.js";
import { importSchemas } from "./schema-types.js";
import type { TypeNodes } from "./type-nodes.js";

const { factory } = ts;

const REQUEST_OPTIONS = `/** Options of every call, besides the operation's parameters. */
export interface RequestOptions {
  /** Ends the call, even while its body is arriving. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait for the complete answer, or for a stream to begin. The client's \`timeout\` by default; Infinity
   * for no limit.
   */
  readonly timeout?: number | undefined;
  /** Maximum milliseconds between two pieces of a stream; no limit by default. */
  readonly idleTimeout?: number | undefined;
  /** Headers to add; null omits one. */
  readonly headers?: Readonly<Record<string, string | null>> | undefined;
}
`;

/**
 * Emits generated/options.ts: an interface for the options of each operation. They have their own fields, and not those of
 * another type, because compiler messages would show that one instead of their name.
 */
export function emitOptions(operations: readonly OperationModel[], types: TypeNodes): string {
  const interfaces = operations
    .filter(hasOptions)
    .map((operation) => plainComments(optionsInterface(operation, types)));
  const text = [astToString(interfaces), ...operations.map(singleOptions)].join("");
  return `${BANNER}\n${importSchemas(interfaces, types)}${REQUEST_OPTIONS}\n${text}`;
}

/** The options under which an operation gives one value instead of a stream of them. */
function singleOptions({ id, name, singleWhen }: OperationModel): string {
  if (!singleWhen) return "";
  const fields = Object.entries(singleWhen).map(([key, value]) => `    ${key}: ${JSON.stringify(value)};\n`);
  return `/** Options of \`docker.${name}()\` for a single value. */
export interface ${id}SingleOptions extends ${id}Options {
${fields.join("")}}
`;
}

function optionsInterface(operation: OperationModel, types: TypeNodes): ts.Statement {
  const { id, name, positional } = operation;
  const node = types.operations && memberOf(types.operations, id)?.type;
  const parameters = memberOf(node, "parameters")?.type;
  const query = membersOf(parameters, "query").filter((member) => !positional.includes(nameOf(member)));
  const members = [...query, ...membersOf(parameters, "header"), ...bodyOption(operation, node)];
  const exported = [factory.createModifier(ts.SyntaxKind.ExportKeyword)];
  const options = factory.createInterfaceDeclaration(exported, `${id}Options`, undefined, undefined, members);
  return documented(options, `Options of \`docker.${name}()\`.`);
}

/** An optional body is an option. */
function bodyOption({ body, words }: OperationModel, operation: ts.Node | undefined): ts.PropertySignature[] {
  const [content] = membersOf(memberOf(operation, "requestBody")?.type, "content");
  if (!body || body.required || !content?.type) return [];
  const optional = factory.createToken(ts.SyntaxKind.QuestionToken);
  const option = factory.createPropertySignature(undefined, "body", optional, orUndefined(content.type));
  return [documented(option, words.body)];
}

const documented = <T extends ts.Node>(node: T, words: string | undefined): T =>
  words
    ? ts.addSyntheticLeadingComment(node, ts.SyntaxKind.MultiLineCommentTrivia, `* ${words} `, true)
    : node;
