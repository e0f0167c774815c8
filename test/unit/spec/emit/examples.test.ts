import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { OpenApi } from "../../../../scripts/spec/openapi.js";
import { operationsOf } from "../../../../scripts/spec/openapi.js";
import { repository } from "../small-workspace.js";

const MODULE = join(repository, "test", "unit", "spec", "emit", "examples.virtual.ts");
const HEAD = `import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Docker } from "../../../../src/index.js";
declare const docker: Docker;
`;

test("the example of every operation compiles, and calls that operation", () => {
  const document = JSON.parse(readFileSync(join(repository, "generated", "openapi.json"), "utf8")) as OpenApi;
  const examples = operationsOf(document).map(({ operation }) => ({
    id: operation.operationId ?? "",
    source: operation["x-codeSamples"]?.[0]?.source ?? "",
  }));
  for (const { id, source } of examples)
    expect(source).toContain(`docker.${id[0]?.toLowerCase()}${id.slice(1)}(`);

  const text =
    HEAD + examples.map(({ id, source }) => `export async function ${id}() {\n${source}\n}\n`).join("");
  const { config } = ts.readConfigFile(join(repository, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, repository);
  // An example may declare what it does not use, and leave an import to another.
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === MODULE || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === MODULE
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([MODULE], { ...options, noUnusedLocals: false }, host);
  const problems = [
    ...program.getSyntacticDiagnostics(),
    ...program.getSemanticDiagnostics(program.getSourceFile(MODULE)),
  ];
  expect(
    problems.map(
      ({ messageText, start = 0 }) =>
        `${ts.flattenDiagnosticMessageText(messageText, " ")} in: ${text.slice(start, start + 120)}`,
    ),
  ).toEqual([]);
}, 60_000);
