import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

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
