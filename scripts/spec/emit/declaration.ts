import { astToString } from "openapi-typescript";
import ts from "typescript";
import { plainComments } from "./comments.js";

/** One declaration of a generated module: a type, an operation's data, a method. */
export interface Declaration {
  readonly name: string;
  readonly text: string;
  /** The types of the same or of other modules that it names. */
  readonly uses: readonly string[];
}

/** What a version declares, compared with the version next to it. */
export interface Difference {
  /** Declarations that the other lacks or has in another form. */
  readonly own: readonly Declaration[];
  /** Names of declarations that mean the same in both. */
  readonly same: readonly string[];
  /** Names of the other's declarations that this version lacks, or has in another form. */
  readonly replaced: readonly string[];
  /** Names that only the other has. */
  readonly gone: readonly string[];
}

/**
 * Compares two versions of a module. Declarations are the same if their texts are, and what they use is the same, too:
 * what they use of other modules, as `isSame` tells, and of each other.
 */
export function difference(
  declarations: readonly Declaration[],
  base: readonly Declaration[],
  isSame: (name: string) => boolean = () => true,
): Difference {
  const before = new Map(base.map((declaration) => [declaration.name, declaration]));
  const names = new Set(declarations.map(({ name }) => name));
  const same = new Map(
    declarations
      .filter(({ name, text }) => anyVersion(text) === anyVersion(before.get(name)?.text))
      .map((declaration) => [declaration.name, declaration]),
  );
  const isOf = (name: string): boolean => names.has(name) || before.has(name);
  const isChanged = (used: string): boolean => !isSame(used) || (isOf(used) && !same.has(used));
  for (let size = Number.NaN; size !== same.size; ) {
    size = same.size;
    for (const { name, uses } of same.values()) if (uses.some(isChanged)) same.delete(name);
  }
  return {
    own: declarations.filter(({ name }) => !same.has(name)),
    same: [...same.keys()],
    replaced: [...before.keys()].filter((name) => !same.has(name)),
    gone: [...before.keys()].filter((name) => !names.has(name)),
  };
}

/** A text without the API version in the addresses of the reference. */
const anyVersion = (text: string | undefined): string | undefined =>
  text?.replace(/(\/api\/engine\/version)\/v[\d.]+\//g, "$1/");

/** The declaration that a statement or member makes. */
export function declared(name: string, node: ts.Node): Declaration {
  return { name, text: astToString(plainComments(node)), uses: typesIn(node) };
}

/** The names of the types in a node. */
function typesIn(node: ts.Node): string[] {
  const used = new Set<string>();
  const visit = (child: ts.Node): void => {
    if (ts.isTypeReferenceNode(child) && ts.isIdentifier(child.typeName)) used.add(child.typeName.text);
    if (ts.isExpressionWithTypeArguments(child) && ts.isIdentifier(child.expression))
      used.add(child.expression.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return [...used];
}

/** The import of the types of a module that declarations name, in the module's order; empty if they name none. */
export function importTypes(
  declarations: readonly Declaration[],
  available: readonly string[],
  module: string,
): string {
  const used = new Set(declarations.flatMap(({ uses }) => uses));
  const names = available.filter((name) => used.has(name));
  return names.length > 0 ? `import type { ${names.join(", ")} } from "${module}";\n` : "";
}

/** A type without the members that a difference replaces. */
export const without = (type: string, { replaced }: Difference): string =>
  replaced.length > 0 ? `Omit<${type}, ${replaced.map((name) => JSON.stringify(name)).join(" | ")}>` : type;

/** The declarations one after another. */
export const textOf = (declarations: readonly Declaration[]): string =>
  declarations.map(({ text }) => text).join("");

/** Passes on types of the version next to this one. */
export const reexport = (names: readonly string[], module: string): string =>
  names.length > 0 ? `export type { ${names.join(", ")} } from "${module}";\n` : "";
