import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parse } from "yaml";

const root = process.cwd();

const pages = [
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

/** The anchors of a page's headings, as npm and GitHub write them. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(/\s/g, "-"),
  );

test("all pages, headings and files that pages link to are there", () => {
  const dangling = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)]
      .filter(([, path = "", anchor]) => {
        const target = path ? normalize(join(dirname(page), path)) : page;
        return anchor ? !anchorsOf(target).includes(anchor) : !existsSync(join(root, target));
      })
      .map(([link]) => `${page}: ${link}`),
  );
  expect(dangling).toEqual([]);
});

describe("README.md, which npm shows without the files beside it,", () => {
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const home = `${repository.url.replace(/^git\+|\.git$/g, "")}/blob/main/`;
  const text = textOf("README.md");

  test("links to files of the repository that package.json names", () => {
    const links = [...text.matchAll(/^\[[\w-]+\]: (.*)$/gm)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(20);
    for (const link of links) {
      expect(link).toMatch(home);
      expect([link, existsSync(join(root, link.slice(home.length)))]).toEqual([link, true]);
    }
    expect(text).not.toMatch(/\]\(/);
  });

  test("defines each link that it uses, and uses each that it defines", () => {
    const used = new Set([...text.matchAll(/\]\[([\w-]+)\]/g)].map(([, name]) => name));
    const defined = new Set([...text.matchAll(/^\[([\w-]+)\]: /gm)].map(([, name]) => name));
    expect(used).toEqual(defined);
  });

  test("counts the operations that the documentation knows equivalents of", () => {
    const { operations } = parse(textOf("scripts/docs/equivalents.yaml"));
    const all: { readonly dockerode?: string }[] = Object.values(operations);
    const theirs = all.filter(({ dockerode }) => dockerode !== undefined);
    expect(text).toContain(`| Operations of API 1.48 | ${all.length} | ${theirs.length} | 61 | |`);
  });

  test("has the figures of docs/performance.md", () => {
    const measured = textOf("docs/performance.md");
    const figures = [...text.matchAll(/^\|.*\|$/gm)].flatMap(([row]) => [
      ...row.matchAll(/[\d.]+ (?:µs|ms|s)\b/g),
    ]);
    expect(figures.length).toBeGreaterThanOrEqual(11);
    for (const [figure] of figures) expect(measured).toContain(`| ${figure} |`);
  });
});
