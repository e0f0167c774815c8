/**
 * Writes the API report, test/api/: what each entry of the built package declares, without comments. With --check it
 * compares instead, and fails if the public surface has changed. Needs dist/.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { dist, ENTRIES, SHARED_ENTRIES } from "./build/modules.js";
import { workspace } from "./spec/workspace.js";

const folder = join(workspace.root, "test", "api");
const printer = ts.createPrinter({ removeComments: true });

/** The report of each entry, by its name. A later entry does not repeat what an earlier one exports. */
function reports(): Map<string, string> {
  const paths = Object.keys({ ...ENTRIES, ...SHARED_ENTRIES }).map((name): [string, string] => [
    name,
    join(dist, `${name}.d.cts`),
  ]);
  const program = ts.createProgram(
    paths.map(([, path]) => path),
    { module: ts.ModuleKind.NodeNext, types: ["node"] },
  );
  const checker = program.getTypeChecker();
  const known = new Set<ts.Symbol>();
  return new Map(
    paths.map(([name, path]) => {
      const source = program.getSourceFile(path);
      const module = source && checker.getSymbolAtLocation(source);
      if (!module) throw new Error(`${path} is missing. Run: npm run build`);
      return [name, report(checker.getExportsOfModule(module), known, checker)];
    }),
  );
}

/** What a module exports, and what these declarations refer to, which users see too. */
function report(exports: readonly ts.Symbol[], known: Set<ts.Symbol>, checker: ts.TypeChecker): string {
  const exported = exports.map((symbol): [string, string] => [symbol.name, exportOf(symbol, checker)]);
  const hidden: [string, string][] = [];
  const targets = exports.map((symbol) => target(symbol, checker));
  for (const symbol of targets) known.add(symbol);
  for (const symbol of referredTo(targets, known, checker)) {
    hidden.push([symbol.name, declarationsOf(symbol).map(print).join("\n")]);
  }
  return `Written by \`npm run api\`. Do not edit.

\`\`\`ts
${sorted(exported)}
\`\`\`

Not exported, but part of the above:

\`\`\`ts
${sorted(hidden)}
\`\`\`
`;
}

function sorted(named: [string, string][]): string {
  return named
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join("\n\n");
}

/** An export with its declarations. A class may be exported as a type only. */
function exportOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const { name, flags } = target(symbol, checker);
  const texts = declarationsOf(target(symbol, checker)).map(print);
  const isType =
    Boolean(flags & ts.SymbolFlags.Value) && symbol.declarations?.some(ts.isTypeOnlyExportDeclaration);
  if (name === symbol.name && !isType) return texts.map((text) => `export ${text}`).join("\n");
  const renamed = name === symbol.name ? name : `${name} as ${symbol.name}`;
  return [`export ${isType ? "type " : ""}{ ${renamed} };`, ...texts].join("\n");
}

/** What symbols refer to in dist/, directly or not, except what is known. */
function referredTo(
  symbols: readonly ts.Symbol[],
  known: ReadonlySet<ts.Symbol>,
  checker: ts.TypeChecker,
): ts.Symbol[] {
  const found = new Set<ts.Symbol>();
  const visit = (node: ts.Node): void => {
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    if (symbol) {
      const referred = target(symbol, checker);
      const isNews = !known.has(referred) && !found.has(referred) && !isDescription(referred);
      if (isNews && declarationsOf(referred).length > 0) {
        found.add(referred);
        declarationsOf(referred).forEach(visit);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const symbol of symbols) declarationsOf(symbol).forEach(visit);
  return [...found];
}

/** The API's description as a type: thousands of lines, of which generated/ shows the changes. */
const isDescription = ({ name }: ts.Symbol): boolean => /^operations(\$\d+)?$/.test(name);

/** What a symbol stands for, through imports and exports. */
const target = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** The statements of dist/ that declare a symbol: none for a member, a parameter, or what others declare. */
function declarationsOf(symbol: ts.Symbol): ts.Statement[] {
  return (symbol.declarations ?? []).flatMap((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    if (!ts.isStatement(statement) || !ts.isSourceFile(statement.parent)) return [];
    return statement.parent.fileName.startsWith(dist) ? [statement] : [];
  });
}

const print = (statement: ts.Statement): string =>
  printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile());

async function main(): Promise<void> {
  const isCheck = process.argv.includes("--check");
  await mkdir(folder, { recursive: true });
  for (const [name, text] of reports()) {
    const path = join(folder, `${name}.api.md`);
    if (!isCheck) await writeFile(path, text);
    else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
      console.error(
        `The public surface of ${name} has changed. If that is meant, commit what this writes: npm run api`,
      );
      process.exitCode = 1;
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `api: ${error.message}` : error);
  process.exitCode = 1;
});
