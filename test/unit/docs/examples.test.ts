import { readdir } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { examplesOf } from "../../helpers/docs-examples.js";

test("the examples of docs/ are checked by the compiler", async () => {
  const pages = (await readdir("docs")).filter((name) => name.endsWith(".md"));
  const examples = (await Promise.all(pages.map(examplesOf))).flat();
  expect(examples).not.toEqual([]);
  const root = process.cwd();
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // Not on the disk: they stand where their imports find the package's sources.
  const files = new Map(examples.map(({ code }, i) => [join(root, "docs", `example-${i}.mts`), code]));
  const settings: ts.CompilerOptions = {
    ...options,
    paths: {
      "docker-engine-sdk": [join(root, "src", "index.ts")],
      "docker-engine-sdk/testing": [join(root, "src", "testing", "index.ts")],
    },
    types: ["node"],
    noEmit: true,
  };
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, language, ...rest) => {
    const code = files.get(name);
    return code === undefined
      ? getSourceFile(name, language, ...rest)
      : ts.createSourceFile(name, code, language);
  };
  const program = ts.createProgram([...files.keys()], settings, host);
  const problems = [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
  expect(problems).toEqual([]);
}, 60_000);
