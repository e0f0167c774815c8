import ts from "typescript";

/** A value of a field, such as the failure "exited". */
export interface FieldValue {
  readonly value: string;
  readonly words: string;
}

/** A field that an error has beside its message, code and cause. */
export interface ErrorField {
  readonly name: string;
  readonly words: string;
  /** Its values, if it is a choice of documented ones. */
  readonly values: readonly FieldValue[];
}

/** An error class, in the words of its TSDoc. */
export interface ErrorClass {
  readonly name: string;
  readonly code: string;
  /** When it is thrown. */
  readonly when: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly fields: readonly ErrorField[];
}

const BASE = "DockerError";

/** The classes with a code among the errors that source files declare, in their order. */
export function errorClasses(sources: readonly ts.SourceFile[]): ErrorClass[] {
  const statements = sources.flatMap((source) => [...source.statements]);
  const classes = statements
    .filter(ts.isClassDeclaration)
    .filter((declared) => isError(declared, statements));
  return classes.flatMap((declared) => {
    const code = codeOf(declared);
    return code === undefined ? [] : [describe(declared, code, statements)];
  });
}

const superOf = (declared: ts.ClassDeclaration): string | undefined =>
  declared.heritageClauses
    ?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
    ?.types[0]?.expression.getText();

function isError(declared: ts.ClassDeclaration, statements: readonly ts.Statement[]): boolean {
  const parent = superOf(declared);
  if (parent === BASE) return true;
  const found = statements.filter(ts.isClassDeclaration).find(({ name }) => name?.text === parent);
  return found !== undefined && isError(found, statements);
}

/** The fields of a class that are properties. */
const propertiesOf = (declared: ts.ClassDeclaration): ts.PropertyDeclaration[] =>
  declared.members.filter(ts.isPropertyDeclaration).filter(({ name }) => ts.isIdentifier(name));

/** The code that a class gives its errors; undefined for a class that has its parent's. */
function codeOf(declared: ts.ClassDeclaration): string | undefined {
  const property = propertiesOf(declared).find(({ name }) => name.getText() === "code");
  const { initializer } = property ?? {};
  return initializer && ts.isStringLiteral(initializer) ? initializer.text : undefined;
}

function describe(
  declared: ts.ClassDeclaration,
  code: string,
  statements: readonly ts.Statement[],
): ErrorClass {
  const name = declared.name?.text ?? "";
  const { summary, remarks } = wordsOf(declared);
  if (!summary || !remarks)
    throw new Error(`${name} needs TSDoc: when it is thrown, and with @remarks what to do`);
  const fields = propertiesOf(declared)
    .filter((property) => !["name", "code"].includes(property.name.getText()))
    .map((property) => fieldOf(property, declared, statements));
  return { name, code, when: summary, remedy: remarks, fields };
}

/** A field in the words of its TSDoc, or of that of the interface that has it. */
function fieldOf(
  property: ts.PropertyDeclaration,
  declared: ts.ClassDeclaration,
  statements: readonly ts.Statement[],
): ErrorField {
  const name = property.name.getText();
  const implemented = (declared.heritageClauses ?? [])
    .flatMap(({ types }) => [...types])
    .flatMap(({ expression }) =>
      statements.filter(ts.isInterfaceDeclaration).filter(({ name: is }) => is.text === expression.getText()),
    )
    .flatMap(({ members }) => [...members])
    .filter((member) => member.name?.getText() === name);
  const words = [property, ...implemented].map((node) => wordsOf(node).summary).find(Boolean);
  if (words === undefined) throw new Error(`${declared.name?.text}.${name} needs TSDoc`);
  const alias = statements
    .filter(ts.isTypeAliasDeclaration)
    .find(({ name: is }) => is.text === property.type?.getText());
  if (!alias) return { name, words, values: [] };
  return { name, words: wordsOf(alias).summary, values: valuesOf(alias) };
}

/** The values of a union of literals, each with the comment before it. */
function valuesOf({ type }: ts.TypeAliasDeclaration): FieldValue[] {
  if (!ts.isUnionTypeNode(type)) return [];
  const text = type.getSourceFile().getFullText();
  return type.types.filter(ts.isLiteralTypeNode).map(({ literal }) => {
    // A comment before the bar belongs to no node.
    const before = text.slice(0, literal.getStart());
    const words = /\/\*\* ([^*]+) \*\/\s*\|?\s*$/.exec(before)?.[1];
    if (words === undefined) throw new Error(`${literal.getText()} needs a comment`);
    return { value: literal.getText(), words };
  });
}

/** The TSDoc of a node: its summary, and its @remarks. */
function wordsOf(node: ts.Node): { readonly summary: string; readonly remarks: string } {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const remarks = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === "remarks");
  const textOf = (comment: ts.JSDoc["comment"]): string =>
    (ts.getTextOfJSDocComment(comment) ?? "")
      .replaceAll(/\{@link (\w+)\}/g, "`$1`")
      .replaceAll(/\s+/g, " ")
      .trim();
  return { summary: textOf(docs.at(-1)?.comment), remarks: textOf(remarks?.comment) };
}
