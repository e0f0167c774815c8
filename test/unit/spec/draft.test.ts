import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { runCommandLine } from "../../../scripts/spec/command-line.js";
import { correct, loadCorrections } from "../../../scripts/spec/correct/correct.js";
import { emit, readModel } from "../../../scripts/spec/emit/emit-all.js";
import { withVersions } from "../../../scripts/spec/emit/package-exports.js";
import { parseSwagger, type Swagger } from "../../../scripts/spec/pull/description.js";
import { committed } from "./places.js";
import { api, repository, smallBytes, smallWorkspace, temporaryFolder } from "./small-workspace.js";

// Most commands start Redocly, and one test compiles the sources.
jest.setTimeout(240_000);

const next = "9.10";
const nextText = smallBytes.toString("utf8").replaceAll(api, next);

/** A package of the small description with another version at hand, which is not generated yet. */
function workspaceWith(text: string): { readonly root: string; readonly source: string } {
  const { root } = smallWorkspace();
  const packageJson = withVersions(readFileSync(join(repository, "package.json"), "utf8"), []);
  writeFileSync(
    join(root, "package.json"),
    packageJson.replace(/"dockerApiVersion": ".*"/, `"dockerApiVersion": "${api}"`),
  );
  const source = temporaryFolder();
  writeFileSync(join(source, `v${api}.yaml`), smallBytes);
  writeFileSync(join(source, `v${next}.yaml`), text);
  return { root, source };
}

async function spec(root: string, args: string[], source: string): Promise<{ code: number; stderr: string }> {
  jest.spyOn(console, "log").mockReturnValue();
  const stderr = jest.spyOn(console, "error").mockReturnValue();
  process.exitCode = 0;
  await runCommandLine({ root }, args, source);
  const result = { code: Number(process.exitCode), stderr: stderr.mock.calls.join("\n") };
  jest.restoreAllMocks();
  process.exitCode = 0;
  return result;
}

const odd = nextText
  .replace("operationId: BoxExport", "operationId: BoxSave")
  .replace("consumes: [application/x-tar]", "consumes: [application/x-zip]");

test("all problems of a run are reported at once, each with what to edit", async () => {
  const { root, source } = workspaceWith(odd);
  expect(await spec(root, ["generate"], source)).toMatchObject({ code: 0 });
  expect(await spec(root, ["pull", "--api", next, "--from", source], source)).toMatchObject({ code: 0 });
  const { code, stderr } = await spec(root, ["generate", "--api", next], source);
  expect(code).toBe(1);
  const problems = stderr.split("\n").filter((line) => line.startsWith("spec: "));
  expect(problems.length).toBeGreaterThan(2);
  expect(problems).toContainEqual(expect.stringContaining('narrow x-versions to "<9.10"'));
  expect(problems).toContainEqual(
    expect.stringMatching(/^spec: BoxSave .*state one of json.* in spec\/overlays/),
  );
  expect(problems).toContainEqual(
    expect.stringMatching(/^spec: BoxFill .*an overlay must leave exactly one of/),
  );
  expect(existsSync(join(root, "generated", `v${next}`))).toBe(false);

  // The same version as a draft: its README lists them all.
  const draft = await spec(root, ["generate", "--api", next, "--draft"], source);
  expect(draft).toMatchObject({ code: 0, stderr: expect.stringContaining(`API ${next} is a draft with`) });
  const readme = readFileSync(join(root, "generated", `v${next}`, "README.md"), "utf8");
  for (const problem of problems) expect(readme).toContain(problem.replace("spec: ", ""));
  expect(readme).toContain("the operation BoxSave");

  // It stays a draft, which nobody publishes by mistake.
  expect(await spec(root, ["generate"], source)).toMatchObject({ code: 0 });
  expect(await spec(root, ["check"], source)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`generated/ holds drafts, of API ${next}`),
  });
  expect(await spec(root, ["check", "--draft"], source)).toMatchObject({ code: 0 });
});

test("missing words make a new version a draft, and stop nothing", async () => {
  const { root, source } = workspaceWith(nextText.replaceAll("Parent", "Owner"));
  expect(await spec(root, ["generate"], source)).toMatchObject({ code: 0 });
  expect(await spec(root, ["pull", "--api", next, "--from", source], source)).toMatchObject({ code: 0 });
  const { code, stderr } = await spec(root, ["generate", "--api", next], source);
  expect(stderr).toContain(`spec/docs has no words for`);
  expect(code).toBe(0);
  const readme = readFileSync(join(root, "generated", `v${next}`, "README.md"), "utf8");
  expect(readme).toContain("Facts: 0.");
  expect(readme).toContain("- the field Owner of Box");
});

// What a version that nobody has seen may bring, on a published description, if one is at hand.
const shared = join(repository, "..", "shared", "spec", "v1.55.yaml");
if (existsSync(shared)) {
  test("a version that renames, adds and removes things gives a draft that compiles", async () => {
    const swagger = parseSwagger(readFileSync(shared), shared);
    const corrected = await correct(future(swagger), await loadCorrections({ root: repository }));
    const problems = [...corrected.problems];
    const model = await readModel(corrected.document, (problem) => void problems.push(problem));
    expect(problems.length).toBeGreaterThan(3);
    const base = await readModel(committed("v1.55"));
    const outputs = emit(model, { model: base, path: "../v1.55/" }, { ...corrected, problems });
    expect(compile(outputs)).toEqual([]);
  });
}

/** A description as it might become. */
function future(swagger: Swagger): Swagger {
  const { definitions, paths } = structuredClone(swagger) as unknown as {
    definitions: Record<string, { properties?: object }>;
    paths: Record<string, Record<string, object>>;
  };
  delete paths["/containers/{id}/attach/ws"];
  delete paths["/images/search"];
  paths["/images/{name}/parts"] = {
    parameters: [{ name: "name", in: "path", type: "string", required: true }] as never,
    get: {
      tags: ["Image"],
      produces: ["application/json"],
      parameters: [{ name: "deep", in: "query", type: "boolean" }],
      responses: { 200: { schema: { $ref: "#/definitions/Part" } }, 400: {}, default: {} },
    },
    post: {
      tags: ["Image"],
      operationId: "ImageList",
      consumes: ["application/x-zip", "text/xml"],
      parameters: [{ name: "x", in: "body", required: true, schema: { type: "string" } }],
      responses: { 201: {} },
    },
  };
  definitions.Part = { properties: { Of: { $ref: "#/definitions/Part" } } };
  definitions.PortBrief = definitions.PortSummary as object;
  delete definitions.PortSummary;
  const renamed = JSON.stringify({ ...swagger, definitions, paths })
    .replaceAll("#/definitions/PortSummary", "#/definitions/PortBrief")
    .replaceAll('"1.55"', '"1.99"');
  return JSON.parse(renamed) as Swagger;
}

/** What the compiler says of the sources on the generated files of a version. */
function compile(outputs: ReadonlyMap<string, string>): string[] {
  const folder = temporaryFolder();
  const imports = { "#src/*.js": "./src/*.ts", "#generated/*.js": "./generated/v1.99/*.ts" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", imports }));
  for (const name of ["node_modules", "src"])
    symlinkSync(join(repository, name), join(folder, name), "junction");
  mkdirSync(join(folder, "generated"));
  for (const name of readdirSync(join(repository, "generated")))
    symlinkSync(join(repository, "generated", name), join(folder, "generated", name));
  for (const [name, text] of outputs) {
    const file = join(folder, "generated", "v1.99", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const { config } = ts.readConfigFile(join(repository, "tsconfig.json"), ts.sys.readFile);
  const { compilerOptions } = config as { compilerOptions: object };
  const { options } = ts.parseJsonConfigFileContent(
    { compilerOptions: { ...compilerOptions, types: ["node"], preserveSymlinks: true } },
    ts.sys,
    folder,
  );
  const program = ts.createProgram(
    [join(folder, "src", "index.ts"), join(folder, "src", "testing", "index.ts")],
    options,
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
}
