import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { anchorOf, readGuides, readRepository } from "../../../scripts/docs/guides.js";
import { llmsText } from "../../../scripts/docs/llms.js";
import {
  documentedOperations,
  operationsPage,
  readDescription,
  readEquivalents,
} from "../../../scripts/docs/operations.js";
import * as sdk from "../../../src/index.js";
import * as kit from "../../../src/testing/index.js";

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
  const [guides, api, equivalents] = await Promise.all([readGuides(), readDescription(), readEquivalents()]);
  expect(textOf("llms.txt")).toBe(llmsText(about, guides, api, equivalents, base));
});

test("equivalents.yaml has each method that is not an operation, and each function that is exported", async () => {
  const { functions, testing, workflows } = await readEquivalents();
  const operations = documentedOperations(await readDescription()).map(({ name }) => name);
  const isOther = (name: string): boolean =>
    !["constructor", "close", "caller", ...operations].includes(name);
  const functionsOf = (exported: object): string[] =>
    Object.keys(exported)
      .filter((name) => /^[a-z]/.test(name))
      .sort();
  expect(Object.keys(workflows).sort()).toEqual(
    Object.getOwnPropertyNames(sdk.Docker.prototype).filter(isOther).sort(),
  );
  expect(Object.keys(functions).sort()).toEqual(functionsOf(sdk));
  expect(Object.keys(testing).sort()).toEqual(functionsOf(kit));
});

test("the guides that equivalents.yaml names are there, with their headings", async () => {
  const { functions, testing, workflows } = await readEquivalents();
  const extras = Object.values({ ...workflows, ...functions, ...testing });
  const dangling = extras.filter(({ guide }) => {
    const [page = "", anchor] = guide.split("#");
    const headings = [...textOf(`docs/${page}`).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
    return anchor !== undefined && !headings.map(anchorOf).includes(anchor);
  });
  expect(dangling).toEqual([]);
});

test("a description with an operation that the map lacks is refused by its name", async () => {
  const equivalents = await readEquivalents();
  const { ContainerList: _, ...operations } = equivalents.operations;
  const api = await readDescription();
  expect(() => operationsPage(api, { ...equivalents, operations })).toThrow(
    "scripts/docs/equivalents.yaml lacks ContainerList.",
  );
});
