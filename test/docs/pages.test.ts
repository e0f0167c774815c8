import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { operations } from "#generated/operations.js";
import { readRepository } from "../../scripts/docs/guides.js";
import { attributes, files, textOf } from "./site.js";

const pages = [...files].filter((path) => path.endsWith(".html")).sort();
const html = new Map(pages.map((page) => [page, textOf(page)]));
const anchors = new Map([...html].map(([page, text]) => [page, new Set(attributes(text, "id"))]));

test("every link leads to a file of the site and an anchor in it, or to another site", () => {
  const dangling = [...html].flatMap(([page, text]) =>
    [...attributes(text, "href"), ...attributes(text, "src")]
      .filter((target) => !/^(https?|data|mailto):/.test(target))
      .filter((target) => {
        const [path = "", anchor] = target.split("#");
        const file = path ? posix.normalize(posix.join(posix.dirname(page), decodeURI(path))) : page;
        const known = files.has(file) && (!anchor || file.endsWith(".svg") || anchors.get(file)?.has(anchor));
        return !known;
      })
      .map((target) => `${page}: ${target}`),
  );
  expect(dangling).toEqual([]);
});

test("links to the repository lead to files of this one", async () => {
  const home = `${await readRepository()}/blob/main/`;
  const linked = new Set(
    [...html.values()]
      .flatMap((text) => attributes(text, "href"))
      .filter((target) => target.startsWith(home))
      .map((target) => target.slice(home.length).replace(/#.*/, "")),
  );
  const inRepository = new Set(
    readdirSync(process.cwd(), { recursive: true, encoding: "utf8" }).filter(
      (path) => !path.startsWith("node_modules"),
    ),
  );
  expect(linked.size).toBeGreaterThan(50);
  expect([...linked].filter((path) => !inRepository.has(path.replace(/\/$/, "")))).toEqual([]);
});

test("pages load no script, style, picture or frame from elsewhere", () => {
  const loaded = [...html].flatMap(([page, text]) => {
    const tags = text.match(/<(script|link|img|iframe|source|object|embed)\b[^>]*>/g) ?? [];
    return tags.filter((tag) => /(src|href|data)="(https?:)?\/\//.test(tag)).map((tag) => `${page}: ${tag}`);
  });
  const styles = [...files].filter((path) => path.endsWith(".css"));
  expect(styles.length).toBeGreaterThan(0);
  expect(loaded).toEqual([]);
  expect(styles.filter((path) => /url\(["']?(https?:)?\/\/|@import/.test(textOf(path)))).toEqual([]);
});

test("has a page of every guide", () => {
  const guides = readdirSync(join(process.cwd(), "docs")).filter((name) => name.endsWith(".md"));
  expect(guides.filter((name) => !files.has(`docs/${name.replace(/\.md$/, ".html")}`))).toEqual([]);
});

test("has every operation: its method, its request, and its row in the table", () => {
  const client = anchors.get("classes/docker-engine-sdk.Docker.html");
  const table = html.get("docs/operations.html") ?? "";
  const requests = [...html].filter(([page]) => page.startsWith("http/")).map(([, text]) => text);
  const all = Object.values(operations);
  expect(all.length).toBe(107);
  const missing = all.filter(({ id, method, path }) => {
    const name = id.charAt(0).toLowerCase() + id.slice(1);
    const request = `${method} ${path}`;
    return (
      !client?.has(name.toLowerCase()) ||
      !table.includes(`Docker.html#${name.toLowerCase()}`) ||
      !table.includes(request) ||
      !requests.some((text) => text.includes(`<h2 id=`) && text.includes(`>${request}<`))
    );
  });
  expect(missing.map(({ id }) => id)).toEqual([]);
});

const EXPORTED = /^export (?:declare )?(?:abstract )?(?:class|interface|type|function|const) (\w+)/gm;

test.each([
  ["index", "docker-engine-sdk"],
  ["testing", "docker-engine-sdk_testing"],
  ["progress", "docker-engine-sdk_progress"],
])("has a page of everything that %s exports", (report, module) => {
  const text = readFileSync(join(process.cwd(), "test", "api", `${report}.api.md`), "utf8");
  const names = [...text.matchAll(EXPORTED)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(0);
  const missing = names.filter((name) => !pages.some((page) => page.endsWith(`/${module}.${name}.html`)));
  expect(missing).toEqual([]);
});
test("describes every option and field", () => {
  const undescribed = [...html]
    .filter(([page]) => page.startsWith("interfaces/"))
    .flatMap(([page, text]) =>
      text
        .split('<section class="tsd-panel tsd-member')
        .slice(1)
        .filter((member) => !member.includes('class="tsd-comment'))
        .map((member) => `${page}: ${attributes(member, "id")[0]}`),
    );
  expect(undescribed).toEqual([]);
});
