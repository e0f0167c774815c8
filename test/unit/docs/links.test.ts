import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = process.cwd();

/** What npm publishes, less what the build adds. */
const shipped = ((): ReadonlySet<string> => {
  const command = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const [{ files }] = JSON.parse(execFileSync("npm", command, { cwd: root, encoding: "utf8" })) as [
    { files: { path: string }[] },
  ];
  return new Set(files.map(({ path }) => path));
})();

const pages = [...shipped].filter((path) => path.endsWith(".md")).sort();
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

/** The anchors of a page's headings, as npm and GitHub write them. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(/\s/g, "-"),
  );

/** npm's pages resolve relative links in the repository, everyone else in the package. */
test("the package holds all pages and folders that its pages link to", () => {
  expect(pages).toEqual(expect.arrayContaining(["CHANGELOG.md", "README.md", "docs/errors.md"]));
  const dangling = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)]
      .filter(([, path = "", anchor]) => {
        const target = path ? normalize(join(dirname(page), path)) : page;
        if (anchor) return !shipped.has(target) || !anchorsOf(target).includes(anchor);
        return ![...shipped].some((file) => file === target || file.startsWith(`${target}/`));
      })
      .map(([link]) => `${page}: ${link}`),
  );
  expect(dangling).toEqual([]);
});
