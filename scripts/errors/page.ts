import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { type ErrorClass, errorClasses } from "./error-classes.js";

/** The page, of which a part is written. */
export const PAGE = "docs/errors.md";

const BEGIN = "<!-- Written by `npm run errors` from the TSDoc of the classes, from here -->";
const END = "<!-- to here -->";

/** The page as it ought to be: its own words, and those of the classes in a repository's `src`. */
export async function errorsPage(root: string): Promise<string> {
  const page = await readFile(join(root, PAGE), "utf8");
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined)
    throw new Error(`${PAGE} has lost its marks: ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${reportOf(errorClasses(await sourcesOf(root)))}\n\n${END}${after}`;
}

/** The sources that declare errors. */
async function sourcesOf(root: string): Promise<ts.SourceFile[]> {
  const files = await readdir(join(root, "src"), { recursive: true });
  const read = files
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map(async (file) => [file, await readFile(join(root, "src", file), "utf8")] as const);
  return (await Promise.all(read))
    .filter(([, text]) => text.includes("ERR_DOCKER_"))
    .map(([file, text]) => ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
}

function reportOf(classes: readonly ErrorClass[]): string {
  const table = [
    "| Class | `code` | When | What to do |",
    "| --- | --- | --- | --- |",
    ...classes.map(
      ({ name, code, when, remedy }) => `| \`${name}\` | \`${code}\` | ${linked(when)} | ${linked(remedy)} |`,
    ),
  ].join("\n");
  return [table, ...classes.filter(({ fields }) => fields.length > 0).map(fieldsOf)].join("\n\n");
}

/** What a class has beside its message, code and cause. */
function fieldsOf({ name, fields }: ErrorClass): string {
  const lines = fields.flatMap((field) => [
    `- \`${field.name}\`: ${field.words}`,
    ...field.values.map(({ value, words }) => `  - \`${value}\`: ${words}`),
  ]);
  return [`### ${name}`, lines.join("\n")].join("\n\n");
}

/** Words with the names of pages as links. */
const linked = (words: string): string => words.replaceAll(/docs\/([\w-]+\.md)/g, "[$1]($1)");
