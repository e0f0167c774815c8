import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { operations } from "#generated/operations.js";
import { files, textOf } from "./site.js";

const list = textOf("llms.txt");
const full = textOf("llms-full.txt");

test("llms.txt has a title, a summary and sections of links with a line each", () => {
  expect(list).toMatch(/^# docker-engine-sdk\n\n> .+\n\n/);
  const sections = list.split(/^## /m).slice(1);
  expect(sections.length).toBeGreaterThan(3);
  const lines = sections.flatMap((section) => section.trim().split("\n").slice(2));
  expect(lines.filter((line) => !/^- \[[^\]]+\]\([^)]+\): \S.*$/.test(line))).toEqual([]);
});

test("the links of llms.txt lead to files of the site, which the repository has too", () => {
  const targets = [...list.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target);
  expect(targets.filter((path) => !files.has(path) || !existsSync(join(process.cwd(), path)))).toEqual([]);
});

test("both have every guide and every operation", () => {
  const guides = readdirSync(join(process.cwd(), "docs")).filter((name) => name.endsWith(".md"));
  expect(guides.filter((name) => !list.includes(`(docs/${name}):`))).toEqual([]);
  for (const { id, method, path } of Object.values(operations)) {
    const name = id.charAt(0).toLowerCase() + id.slice(1);
    expect(list).toContain(`- [${name}](`);
    expect(list).toContain(`\`${method} ${path}\``);
    expect(full).toContain(`## ${method} ${path}\n`);
    expect(full).toContain(`Method: \`${name}\``);
  }
});

test("llms.txt fits into a prompt, and llms-full.txt into the context of a model", () => {
  expect(list.length).toBeLessThan(24_000);
  // Four bytes a token, roughly: under 120,000 of them.
  expect(full.length).toBeLessThan(480_000);
  expect(full).not.toContain("{@link");
});
