import { readFile, writeFile } from "node:fs/promises";

const PAGE = "docs/performance.md";
const CHART = "docs/performance.svg";
const BEGIN = "<!-- Written by `npm run bench -- --docs`, from here -->";
const END = "<!-- to here -->";

/** Puts a report between the marks of the page, and the chart beside it. */
export async function writeDocs(report: string, chart: string): Promise<void> {
  const page = await readFile(PAGE, "utf8");
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined)
    throw new Error(`${PAGE} has lost its marks: ${BEGIN} and ${END}`);
  await writeFile(PAGE, `${before}${BEGIN}\n\n${report}\n\n${END}${after}`);
  await writeFile(CHART, chart);
}
