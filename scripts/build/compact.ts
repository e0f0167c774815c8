/** Makes files smaller without taking anything away that people read: they are installed far more often. */
import { minify } from "@swc/core";
import ts from "typescript";

/**
 * Code that nobody reads, as small as it gets. `keepNames` keeps those of functions and classes, which stacks show. Lines
 * stay short: Node prints the whole line of an error that nobody catches.
 */
export async function minified(code: string, { keepNames = false } = {}) {
  const names = { keep_fnames: true, keep_classnames: true };
  const kept = keepNames ? { mangle: names, compress: names } : {};
  const { code: small } = await minify(code, { module: true, format: { comments: false }, ...kept });
  return { code: inShortLines(small), map: { mappings: "" as const } };
}

const LINE_LENGTH = 200;

/** Code with a new line before the next statement or member where a line is long. */
function inShortLines(code: string): string {
  const lines: string[] = [];
  let start = 0;
  for (const at of placesToBreak(code)) {
    if (at - start < LINE_LENGTH) continue;
    lines.push(code.slice(start, at));
    start = at;
  }
  return [...lines, code.slice(start)].join("\n");
}

/** Where statements and members of classes and objects begin: a new line changes nothing there. */
function placesToBreak(code: string): number[] {
  const found: number[] = [];
  eachNode(code, (node) => {
    if (ts.isStatement(node) || ts.isClassElement(node) || ts.isObjectLiteralElement(node))
      found.push(node.getStart());
  });
  return found.sort((a, b) => a - b);
}

/** A source without its TSDoc, but with the same lines. */
export const withoutTsdoc = (source: string): string =>
  source.replace(/^[ \t]*\/\*\*.*?\*\//gms, (comment) => comment.replace(/[^\n]/g, ""));

/** The same lines with a tab for every four spaces that they begin with. Text in template literals stays as it is. */
export function indentedByTabs(code: string): string {
  const texts = templateTexts(code);
  return code.replace(/^(?: {4})+/gm, (spaces, at: number) =>
    texts.some(([start, end]) => start < at && at < end) ? spaces : "\t".repeat(spaces.length / 4),
  );
}

/** Where template literals have text of several lines. */
function templateTexts(code: string): (readonly [start: number, end: number])[] {
  const found: (readonly [number, number])[] = [];
  eachNode(code, (node) => {
    const isText = ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if ((isText || ts.isNoSubstitutionTemplateLiteral(node)) && node.getText().includes("\n"))
      found.push([node.getStart(), node.getEnd()]);
  });
  return found;
}

function eachNode(code: string, look: (node: ts.Node) => void): void {
  const visit = (node: ts.Node): void => {
    look(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("code.ts", code, ts.ScriptTarget.Latest, true));
}
