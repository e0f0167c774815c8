import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { correct, loadCorrections } from "../../../../scripts/spec/correct/correct.js";
import { emitClient } from "../../../../scripts/spec/emit/client.js";
import { emit } from "../../../../scripts/spec/emit/emit-all.js";
import { readOperations } from "../../../../scripts/spec/emit/operation-model.js";
import { documentOf, operation } from "../small-document.js";
import { repository, smallSwagger, smallWorkspace, temporaryFolder } from "../small-workspace.js";

const emitted = (over: object, path = "/boxes"): string =>
  emitClient(readOperations(documentOf({ [path]: { get: operation(over) } })));

const query = (name: string, over: object = {}) => ({
  name,
  in: "query",
  schema: { type: "string" },
  ...over,
});
const header = (name: string, over: object = {}) => ({ ...query(name, over), in: "header" });
const path = (name: string) => ({ name, in: "path", required: true, schema: { type: "string" } });
const body = (required: boolean) => ({ requestBody: { required, content: { "application/x-tar": {} } } });
const tar = { "x-response-kind": "tar" };

test.each([
  {
    title: "nothing but the request",
    given: tar,
    signature: "boxList(request?: RequestOptions)",
    call: "{}",
    options: undefined,
  },
  {
    title: "path parameters, in the order of the path",
    path: "/boxes/{name}/{target}",
    given: { ...tar, parameters: [path("target"), path("name")] },
    signature: "boxList(name: string, target: string, request?: RequestOptions)",
    call: "{ path: { name, target } }",
    options: undefined,
  },
  {
    title: "a required body, after the path",
    path: "/boxes/{name}",
    given: { ...tar, parameters: [path("name")], ...body(true) },
    signature: 'boxList(name: string, body: Body<"BoxList", "application/x-tar">, request?: RequestOptions)',
    call: "{ path: { name }, body }",
    options: undefined,
  },
  {
    title: "an optional body, among the options",
    given: { ...tar, ...body(false) },
    signature: "boxList(options?: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
    options: 'BoxListOptions { body?: Body<"BoxList", "application/x-tar"> }',
  },
  {
    title: "query and header parameters, as options",
    given: { ...tar, parameters: [header("X-A"), query("a")] },
    signature: "boxList(options?: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
    options: 'BoxListOptions extends Query<"BoxList">, Header<"BoxList"> {}',
  },
  {
    title: "options that must be given, if one of them must",
    given: { ...tar, parameters: [query("a"), query("b", { required: true })] },
    signature: "boxList(options: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
    options: 'BoxListOptions extends Query<"BoxList"> {}',
  },
  {
    title: "headers that must be given",
    given: { ...tar, parameters: [header("X-A", { required: true })] },
    signature: "boxList(options: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
    options: 'BoxListOptions extends Header<"BoxList"> {}',
  },
  {
    title: "a positional parameter that is the only option",
    given: { ...tar, parameters: [query("a")], "x-positional": ["a"] },
    signature: 'boxList(a?: Query<"BoxList">["a"], request?: RequestOptions)',
    call: "{ options: { a } }",
    options: undefined,
  },
  {
    title: "a positional parameter before the other options",
    given: { ...tar, parameters: [query("a"), query("b")], "x-positional": ["a"] },
    signature: 'boxList(a?: Query<"BoxList">["a"], options?: BoxListOptions, request?: RequestOptions)',
    call: "{ options: { ...options, a } }",
    options: 'BoxListOptions extends Omit<Query<"BoxList">, "a"> {}',
  },
])("a method takes $title", ({ given, path: at, signature, call, options }) => {
  const text = emitted(given, at);
  expect(text).toContain(
    `  ${signature}: Return<R, "tar"> {\n    return this.caller.call(operations.BoxList, ${call}, request);\n  }`,
  );
  const declared = [...text.matchAll(/^export interface (\w+Options .*)$/gm)].map((match) => match[1]);
  expect(declared.filter((line) => !line?.startsWith("RequestOptions"))).toEqual(options ? [options] : []);
});

const json = { content: { "application/json": {} } };
const typeOf = (status: number): string =>
  `Schema["BoxList"]["responses"][${status}]["content"]["application/json"]`;
test.each([
  {
    title: "json has the schema's type",
    kind: "json",
    responses: { 200: json },
    want: `"json", ${typeOf(200)}`,
  },
  {
    title: "json of two statuses has both types",
    kind: "json",
    responses: { 200: json, 202: json, 404: json },
    want: `"json", ${typeOf(200)} | ${typeOf(202)}`,
  },
  {
    title: "json with statuses that have no body is undefined there, once",
    kind: "json",
    responses: { 200: json, 204: {}, 304: {} },
    want: `"json", ${typeOf(200)} | undefined`,
  },
  {
    title: "lines of JSON have the schema's type",
    kind: "json-lines",
    responses: { 200: json },
    want: `"json-lines", ${typeOf(200)}`,
  },
  { title: "a tar is the same for all", kind: "tar", responses: { 200: json }, want: '"tar"' },
  { title: "none is the same for all", kind: "none", responses: { 204: {} }, want: '"none"' },
  { title: "hijack may answer 101 only", kind: "hijack", responses: { 101: {} }, want: '"hijack"' },
])("a method returns by its kind: $title", ({ kind, responses, want }) => {
  expect(emitted({ "x-response-kind": kind, responses })).toContain(`: Return<R, ${want}> {\n`);
});

test("a method is documented by our words on it, its request, its answers and its page", () => {
  const over = {
    deprecated: true,
    externalDocs: { url: "https://example.org/list" },
    "x-positional": ["platform"],
    parameters: [
      { ...path("name"), description: "Name of the box." },
      { ...query("all"), description: "Lists hidden ones too." },
      { ...query("platform"), description: "Its platform." },
    ],
    ...body(true),
    responses: { 200: { ...json, description: "The list." }, 304: {}, 404: { description: "No box." } },
  };
  const words = { requestBody: { ...body(true).requestBody, description: "The content." } };
  expect(emitted({ ...over, ...words }, "/boxes/{name}")).toContain(`  /**
   * Lists boxes.
   *
   * \`GET /boxes/{name}\` answers
   * - 200: The list.
   * - 304
   * - 404: No box.
   *
   * @param name Name of the box.
   * @param body The content.
   * @param platform Its platform.
   * @param options See {@link BoxListOptions}.
   * @param request Signal, timeout until the answer's headers (ms), headers.
   * @deprecated The Engine API marks this operation as deprecated.
   * @see https://example.org/list
   */
  boxList(`);
  expect(emitted({})).toContain(`  /**
   * Lists boxes.
   *
   * \`GET /boxes\` answers
   * - 200
   *
   * @param request Signal, timeout until the answer's headers (ms), headers.
   */
  boxList(`);
});

test("an optional body is documented where it is given", () => {
  const { requestBody } = body(false);
  expect(emitted({ requestBody: { ...requestBody, description: "The content." } })).toContain(
    "export interface BoxListOptions { /** The content. */ body?:",
  );
});

test("the file says what made it", () => {
  expect(emitted({})).toMatch(/^\/\/ Generated by `npm run spec -- generate`\. Do not edit/);
});

const USE = `
import { type CallArguments, type Caller, Client, type RequestOptions, type Returns } from "./client.js";
import type { Operation } from "./operations.js";
import type { BinaryBody, Box } from "./schema.js";

interface Answers extends Returns {
  readonly json: Promise<this["data"]>;
  readonly tar: "tar";
  readonly none: void;
}
const caller: Caller<Answers> = {
  call(operation: Operation, args: CallArguments, request: RequestOptions | undefined) {
    throw new Error(JSON.stringify([operation, args, request]));
  },
};
class Boxes extends Client<Answers> {
  protected readonly caller = caller;
}
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

const boxes = new Boxes();
const list = boxes.boxList({ all: true, label: ["a"] }, { timeout: 1, headers: { "X-A": null } });
same<typeof list, Promise<Box[]>>(true);
const archive = boxes.boxExport("a", "linux/amd64");
same<typeof archive, "tar">(true);
const filled = boxes.boxFill("a", { body: new Uint8Array(), "X-Registry-Auth": "login" });
same<typeof filled, void>(true);
boxes.boxFill("a");
same<Box["Lid"], "open" | "closed" | "" | (string & {}) | null | undefined>(true);
const lid: NonNullable<Box["Lid"]> = "ajar, which a newer engine may say";
boxes.boxCreate({ Name: "a", Lid: lid, Parent: { description: "of the owner" } });
async function* bytes(): BinaryBody { yield new Uint8Array(); }
boxes.boxFill("a", { body: bytes() });

// @ts-expect-error an unknown option
boxes.boxList({ every: true });
// @ts-expect-error an option of the wrong type
boxes.boxList({ all: "yes" });
boxes.boxList({ all: undefined });
// @ts-expect-error the body is required
boxes.boxCreate();
// @ts-expect-error the name is required
boxes.boxExport();
// @ts-expect-error bytes are not text
boxes.boxFill("a", { body: "text" });
`;

test("what is emitted compiles under our strict settings, and wrong calls of it do not", async () => {
  const { document } = await correct(smallSwagger(), await loadCorrections(smallWorkspace()));
  const outputs = await emit(document);
  const folder = temporaryFolder();
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  for (const [name, text] of outputs) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "use.ts"), USE);

  const ours = ts.readConfigFile(join(repository, "tsconfig.json"), ts.sys.readFile).config;
  const { compilerOptions } = ours as { compilerOptions: object };
  const config = { compilerOptions: { ...compilerOptions, types: ["node"] }, include: ["."] };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  expect(options).toMatchObject({
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
  });
  expect(fileNames).toHaveLength(4);
  const problems = ts
    .getPreEmitDiagnostics(ts.createProgram(fileNames, options))
    .map(({ file, start, messageText }) => {
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  expect(problems).toEqual([]);
}, 60_000);

test("the committed client has one method for each operationId of the committed description, sorted", () => {
  const read = (name: string): string => readFileSync(join(repository, "generated", name), "utf8");
  const { paths } = JSON.parse(read("openapi.json")) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const ids = Object.values(paths)
    .flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
    .sort();
  expect(ids).toHaveLength(107);

  const source = ts.createSourceFile("client.ts", read("client.ts"), ts.ScriptTarget.Latest);
  const client = source.statements.filter(ts.isClassDeclaration).find(({ name }) => name?.text === "Client");
  const methods = client?.members.filter(ts.isMethodDeclaration) ?? [];
  expect(methods.map(({ name }) => name.getText(source))).toEqual(
    ids.map((id) => `${id[0]?.toLowerCase()}${id.slice(1)}`),
  );
  expect(methods.map((method) => /operations\.(\w+)/.exec(method.getText(source))?.[1])).toEqual(ids);
});
