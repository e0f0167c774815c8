import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { parseYaml } from "../spec/parse-yaml.js";
import { workspace } from "../spec/workspace.js";

/** A page of the site as Markdown. */
export interface Page {
  /** Its path, from the root of the repository or, for one that is generated, as if it were there. */
  readonly path: string;
  readonly title: string;
  /** Where the navigation has it. */
  readonly group: string;
  /** A line on what it holds. */
  readonly summary: string;
  readonly text: string;
}

const LIST = "scripts/docs/guides.yaml";

/** The pages that are written by hand, as guides.yaml lists them. */
export async function readGuides(): Promise<Page[]> {
  const list = parseYaml(await readFile(join(workspace.root, LIST), "utf8"), LIST) as Readonly<
    Record<string, Readonly<Record<string, string>>>
  >;
  const entries = Object.entries(list).flatMap(([group, pages]) =>
    Object.entries(pages).map(([path, summary]) => ({ group, path, summary })),
  );
  return Promise.all(
    entries.map(async (entry) => {
      const text = await readFile(join(workspace.root, entry.path), "utf8");
      const title = /^# (.*)$/m.exec(text)?.[1];
      if (!title) throw new Error(`${entry.path} has no heading of the first level.`);
      return { ...entry, title, text };
    }),
  );
}

/** The home of the repository, which package.json states once. */
export async function readRepository(): Promise<string> {
  const { repository } = JSON.parse(await readFile(join(workspace.root, "package.json"), "utf8")) as {
    repository?: { url: string };
  };
  if (!repository) throw new Error("package.json has no repository to link files to.");
  return repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
}

/** The anchor of a heading as TypeDoc writes it: as GitHub does, but without two hyphens in a row. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\s-]/gu, "")
    .replaceAll(/\s/g, "-")
    .replace(/--+/, "-");

/** Applies a function to what is prose in Markdown, and leaves code alone. */
export function inProse(text: string, change: (prose: string) => string): string {
  return text
    .split(/(^```.*?^```$|`[^`\n]+`)/ms)
    .map((part, index) => (index % 2 ? part : change(part)))
    .join("");
}

/**
 * Makes the links of a page fit the site: those to other pages lead there, also where the page states them as addresses in
 * the repository; those to other files lead to the repository.
 */
export function linksInSite(page: Page, pages: ReadonlySet<string>, repository: string): string {
  const rewrite = (target: string): string => {
    const [address = "", anchor] = target.split("#");
    const path = pathOf(address, page, repository);
    if (path === undefined) return target;
    if (pages.has(path)) {
      const relative = posix.relative(posix.dirname(page.path), path);
      return anchor ? `${relative}#${anchorOf(anchor)}` : relative;
    }
    return path.endsWith(".svg") ? target : `${repository}/blob/main/${path}${anchor ? `#${anchor}` : ""}`;
  };
  return inProse(page.text, (prose) =>
    prose.replaceAll(/\]\(([^()\s]+)\)/g, (_, target: string) => `](${rewrite(target)})`),
  );
}

/** The path in the repository of what a page links to; undefined for itself and the world outside. */
function pathOf(address: string, page: Page, repository: string): string | undefined {
  if (!address) return undefined;
  const inRepository = address.startsWith(`${repository}/`)
    ? /^(?:blob|tree)\/[^/]+\/(.+)$/.exec(address.slice(repository.length + 1))?.[1]
    : undefined;
  if (inRepository !== undefined) return inRepository;
  if (/^[a-z]+:/.test(address)) return undefined;
  return posix.normalize(posix.join(posix.dirname(page.path), address));
}

/** A heading of a page with what stands below it. */
export interface Section {
  readonly title: string;
  /** It is the page's own heading. */
  readonly isTop: boolean;
  readonly text: string;
}

/** The sections of a page, as plain text. */
export function sectionsOf({ text, title }: Page): Section[] {
  const sections: { title: string; isTop: boolean; lines: string[] }[] = [];
  let inCode = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) inCode = !inCode;
    const [, marks, heading = ""] = (!inCode && /^(#+) (.*)$/.exec(line)) || [];
    if (marks)
      sections.push({ title: marks === "#" ? title : plain(heading), isTop: marks === "#", lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ lines, ...section }) => ({ ...section, text: plain(lines.join("\n")) }));
}

/** The words of Markdown: of a link those that it shows. */
const plain = (markdown: string): string =>
  markdown
    .replaceAll(/<!--.*?-->/gs, "")
    .replaceAll(/\{@link [^|}]*\|\s*([^}]*)\}/g, "$1")
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[`*|]+/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
