import ts from "typescript";
import { BANNER } from "./banner.js";
import type { Base } from "./base.js";
import { type Declaration, declared, importTypes, reexport, textOf } from "./declaration.js";
import { memberOf, membersOf, nameOf } from "./members.js";
import { hasOptions, type OperationModel, optionParameters } from "./operation-model.js";
import { orUndefined } from "./optional-fields.js";
import type { ParameterModel } from "./parameter-model.js";
import type { TypeNodes } from "./type-nodes.js";

const { factory } = ts;

const REQUEST_OPTIONS: Declaration = {
  name: "RequestOptions",
  text: `/** Options of every call, besides the operation's parameters. */
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

`,
  uses: [],
};

/**
 * What generated/options.ts declares: an interface for the options of each operation. They have their own fields, and not
 * those of another type, because compiler messages would show that one instead of their name.
 */
export function readOptions(operations: readonly OperationModel[], types: TypeNodes): Declaration[] {
  return [
    REQUEST_OPTIONS,
    ...operations
      .filter(hasOptions)
      .map((operation) => declared(`${operation.id}Options`, optionsInterface(operation, types))),
    ...operations.flatMap(singleOptions),
  ];
}

/** Emits generated/options.ts; on a base, only what differs from it. */
export function emitOptions(
  options: readonly Declaration[],
  schemas: readonly string[],
  base?: Base,
): string {
  const { own, same } = base?.options ?? { own: options, same: [] };
  const module = `${base?.path}options.js`;
  const imports =
    importTypes(own, schemas, "./schema.js") + importTypes(own, same, module) + reexport(same, module);
  return `${BANNER}\n${imports}${imports && "\n"}${textOf(own)}`;
}

/** The options under which an operation gives one value instead of a stream of them. */
function singleOptions({ id, name, singleWhen }: OperationModel): Declaration[] {
  if (!singleWhen) return [];
  const fields = Object.entries(singleWhen).map(([key, value]) => `    ${key}: ${JSON.stringify(value)};\n`);
  const text = `/** Options of \`docker.${name}()\` for a single value. */
export interface ${id}SingleOptions extends ${id}Options {
${fields.join("")}}
`;
  return [{ name: `${id}SingleOptions`, text, uses: [`${id}Options`] }];
}

function optionsInterface(operation: OperationModel, types: TypeNodes): ts.Statement {
  const { id, name } = operation;
  const node = types.operations && memberOf(types.operations, id)?.type;
  const parameters = memberOf(node, "parameters")?.type;
  const { query, headers } = optionParameters(operation);
  const members = [
    ...membersOf(parameters, "query").filter(isOneOf(query)),
    ...membersOf(parameters, "header").filter(isOneOf(headers)),
    ...bodyOption(operation, node),
  ];
  const exported = [factory.createModifier(ts.SyntaxKind.ExportKeyword)];
  const options = factory.createInterfaceDeclaration(exported, `${id}Options`, undefined, undefined, members);
  return documented(options, `Options of \`docker.${name}()\`.`);
}

const isOneOf =
  (parameters: readonly ParameterModel[]) =>
  (member: ts.PropertySignature): boolean =>
    parameters.some(({ name }) => name === nameOf(member));

/** An optional body is an option. */
function bodyOption({ body, words }: OperationModel, operation: ts.Node | undefined): ts.PropertySignature[] {
  if (!body || body.required) return [];
  const contents = membersOf(memberOf(operation, "requestBody")?.type, "content");
  const content = contents.find((member) => nameOf(member) === body.mediaType);
  if (!content?.type) return [];
  const optional = factory.createToken(ts.SyntaxKind.QuestionToken);
  const option = factory.createPropertySignature(undefined, "body", optional, orUndefined(content.type));
  return [documented(option, words.body)];
}

const documented = <T extends ts.Node>(node: T, words: string | undefined): T =>
  words
    ? ts.addSyntheticLeadingComment(node, ts.SyntaxKind.MultiLineCommentTrivia, `* ${words} `, true)
    : node;
