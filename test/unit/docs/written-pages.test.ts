import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readGuides, readRepository } from "../../../scripts/docs/guides.js";
import { llmsText } from "../../../scripts/docs/llms.js";
import { operationsPage, readDescription, readEquivalents } from "../../../scripts/docs/operations.js";

const textOf = (path: string): string => readFileSync(join(process.cwd(), path), "utf8");

test("scripts/docs/guides.yaml lists every guide", async () => {
  const listed = (await readGuides()).map(({ path }) => path);
  const guides = readdirSync(join(process.cwd(), "docs")).filter((name) => name.endsWith(".md"));
  expect(listed).toEqual(expect.arrayContaining(guides.map((name) => `docs/${name}`)));
});

test("docs/operations.md is what `npm run docs` writes", async () => {
  expect(textOf("docs/operations.md")).toBe(operationsPage(await readDescription(), await readEquivalents()));
});

test("llms.txt is what `npm run docs` writes", async () => {
  const about = JSON.parse(textOf("package.json")) as { name: string; description: string };
  const base = `${await readRepository()}/blob/main/`;
  expect(textOf("llms.txt")).toBe(llmsText(about, await readGuides(), await readDescription(), base));
});

test("a description with an operation that the map lacks is refused by its name", async () => {
  const equivalents = await readEquivalents();
  const { ContainerList: _, ...operations } = equivalents.operations;
  const api = await readDescription();
  expect(() => operationsPage(api, { ...equivalents, operations })).toThrow(
    "scripts/docs/equivalents.yaml lacks ContainerList.",
  );
});
