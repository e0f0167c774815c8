import { readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type OpenApi, operationsOf } from "../../scripts/spec/openapi.js";
import { problemsIn } from "../helpers/compiler.js";
import { examplesOf } from "../helpers/docs-examples.js";

// What only the compiler can check: the type tests, and the examples that users copy.
const typeTests = readdirSync(join("test", "types"))
  .filter((name) => !name.endsWith(".test.ts"))
  .map((name) => join("test", "types", name));

const document = JSON.parse(readFileSync(join("generated", "openapi.json"), "utf8")) as OpenApi;
const operationExamples = operationsOf(document).map(({ operation }) => ({
  id: operation.operationId ?? "",
  source: operation["x-codeSamples"]?.[0]?.source ?? "",
}));
const OPERATION_EXAMPLES = join("docs", "operations.ts");
// An example may declare what it does not use.
const UNUSED = /: TS(6133|6192|6198): /;
const OPERATIONS_HEAD = `
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Docker } from "docker-engine-sdk";
declare const docker: Docker;
`;

let problems: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  const pages = (await readdir("docs")).filter((name) => name.endsWith(".md"));
  const examples = await Promise.all(
    pages.map(async (page) =>
      (await examplesOf(page)).map(({ code }, at) => [join("docs", `${page}-${at}.mts`), code] as const),
    ),
  );
  const operations = operationExamples.map(
    ({ id, source }) => `export async function ${id}() {\n${source}\n}\n`,
  );
  problems = problemsIn(
    new Map([
      ...typeTests.map((path) => [path, undefined] as const),
      ...examples.flat(),
      [OPERATION_EXAMPLES, OPERATIONS_HEAD + operations.join("")] as const,
    ]),
  );
}, 120_000);

const problemsOf = (isMeant: (path: string) => boolean): string[] => {
  const meant = [...problems].filter(([path]) => isMeant(path));
  expect(meant).not.toEqual([]);
  return meant.flatMap(([path, found]) => found.map((problem) => `${path}: ${problem}`));
};

test.each(typeTests)("%s holds", (file) => {
  expect(problemsOf((path) => path === file)).toEqual([]);
});

test("the examples of docs/ compile", () => {
  expect(problemsOf((path) => path.endsWith(".mts"))).toEqual([]);
});

test("the example of every operation compiles, and calls that operation", () => {
  const found = problemsOf((path) => path === OPERATION_EXAMPLES);
  expect(found.filter((problem) => !UNUSED.test(problem))).toEqual([]);
  for (const { id, source } of operationExamples)
    expect(source).toContain(`docker.${id[0]?.toLowerCase()}${id.slice(1)}(`);
});
