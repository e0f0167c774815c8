import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { correct, loadCorrections } from "../../../../scripts/spec/correct/correct.js";
import { emitClient, readMethods } from "../../../../scripts/spec/emit/client.js";
import { emit, readModel } from "../../../../scripts/spec/emit/emit-all.js";
import { readOperations } from "../../../../scripts/spec/emit/operation-model.js";
import { documentOf, header, operation, query } from "../small-document.js";
import { repository, smallSwagger, smallWorkspace, temporaryFolder } from "../small-workspace.js";

const emitted = (over: object, path = "/boxes"): string =>
  emitClient(readMethods(readOperations(documentOf({ [path]: { get: operation(over) } }))), {
    options: ["BoxListOptions", "BoxListSingleOptions", "RequestOptions"],
    schemas: ["BinaryBody", "Box", "ProgressMessage"],
  });

const path = (name: string) => ({ name, in: "path", required: true, schema: { type: "string" } });
const bytes = { type: "string", contentMediaType: "application/octet-stream" };
const body = (required: boolean) => ({
  requestBody: { required, content: { "application/x-tar": { schema: bytes } } },
});
const tar = { "x-response-kind": "tar" };

test.each([
  {
    title: "nothing but the request",
    given: tar,
    signature: "boxList(request?: RequestOptions)",
    call: "{}",
  },
  {
    title: "path parameters, in the order of the path",
    path: "/boxes/{name}/{target}",
    given: { ...tar, parameters: [path("target"), path("name")] },
    signature: "boxList(name: string, target: string, request?: RequestOptions)",
    call: "{ path: { name, target } }",
  },
  {
    title: "a required body, after the path",
    path: "/boxes/{name}",
    given: { ...tar, parameters: [path("name")], ...body(true) },
    signature: "boxList(name: string, body: BinaryBody, request?: RequestOptions)",
    call: "{ path: { name }, body }",
  },
  {
    title: "an optional body, among the options",
    given: { ...tar, ...body(false) },
    signature: "boxList(options?: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
  },
  {
    title: "query and header parameters, as options",
    given: { ...tar, parameters: [header("X-A"), query("a")] },
    signature: "boxList(options?: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
  },
  {
    title: "options that must be given, if one of them must",
    given: { ...tar, parameters: [query("a"), query("b", { required: true })] },
    signature: "boxList(options: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
  },
  {
    title: "headers that must be given",
    given: { ...tar, parameters: [header("X-A", { required: true })] },
    signature: "boxList(options: BoxListOptions, request?: RequestOptions)",
    call: "{ options }",
  },
  {
    title: "a positional parameter that is the only option",
    given: { ...tar, parameters: [query("a")], "x-positional": ["a"] },
    signature: "boxList(a?: string, request?: RequestOptions)",
    call: "{ options: { a } }",
  },
  {
    title: "a positional parameter before the other options",
    given: { ...tar, parameters: [query("a"), query("b")], "x-positional": ["a"] },
    signature: "boxList(a?: string, options?: BoxListOptions, request?: RequestOptions)",
    call: "{ options: { ...options, a } }",
  },
])("a method takes $title", ({ given, path: at, signature, call }) => {
  const text = emitted(given, at);
  expect(text).toContain(
    `  ${signature}: StreamCall<TarStream, Buffer> {\n    return this.caller.call(operations.BoxList, ${call}, request);\n  }`,
  );
});

const answer = (schema: object) => ({ content: { "application/json": { schema } } });
const box = { $ref: "#/components/schemas/Box" };
const json = answer(box);
test.each([
  { title: "json gives the schema's type", kind: "json", responses: { 200: json }, want: "Call<Box>" },
  {
    title: "json of two statuses gives both types",
    kind: "json",
    responses: { 200: json, 202: answer({ $ref: "#/components/schemas/Crate" }), 404: json },
    want: "Call<Box | Crate>",
  },
  {
    title: "json with statuses that have no body gives undefined there, once",
    kind: "json",
    responses: { 200: json, 204: {}, 304: {} },
    want: "Call<Box | undefined>",
  },
  {
    title: "json may be a list",
    kind: "json",
    responses: { 200: answer({ type: ["array", "null"], items: box }) },
    want: "Call<Box[] | null>",
  },
  {
    title: "json may be text",
    kind: "json",
    responses: { 200: answer({ type: "string" }) },
    want: "Call<string>",
  },
  {
    title: "lines of JSON are a stream of the schema's type",
    kind: "json-lines",
    responses: { 200: json },
    want: "StreamCall<JsonStream<Box>, Box>",
  },
  {
    title: "a tar is a stream",
    kind: "tar",
    responses: { 200: json },
    want: "StreamCall<TarStream, Buffer>",
  },
  { title: "none gives nothing", kind: "none", responses: { 204: {} }, want: "Call<void>" },
  {
    title: "hijack may answer 101 only",
    kind: "hijack",
    responses: { 101: {} },
    want: "StreamCall<AttachStream, LogChunk>",
  },
])("a method returns by its kind: $title", ({ kind, responses, want }) => {
  expect(emitted({ "x-response-kind": kind, responses })).toContain(`: ${want} {\n`);
});

test("a method that gives one value under some options has a signature for it, which goes first", () => {
  const text = emitted({
    "x-response-kind": "json-lines",
    "x-single-when": { stream: false },
    parameters: [query("stream", { schema: { type: "boolean" } })],
    responses: { 200: json },
  });
  const signatures = text.split("\n").filter((line) => line.startsWith("  boxList("));
  expect(signatures).toEqual([
    "  boxList(options: BoxListSingleOptions, request?: RequestOptions): Call<Box>;",
    "  boxList(options?: BoxListOptions, request?: RequestOptions): StreamCall<JsonStream<Box>, Box>;",
    "  boxList(options?: BoxListOptions, request?: RequestOptions): Call<Box> | StreamCall<JsonStream<Box>, Box> {",
  ]);
});

test("the client imports the types it names, and no more", () => {
  const text = emitted({ responses: { 200: json }, parameters: [query("a")], ...body(true) });
  expect(text).toContain('import type { Call } from "#src/operation/returned.js";\n');
  expect(text).toContain('import type { BoxListOptions, RequestOptions } from "./options.js";\n');
  expect(text).toContain('import type { BinaryBody, Box } from "./schema.js";\n');
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
    responses: {
      200: { ...json, description: "The list." },
      201: { description: "A new list." },
      304: {},
      404: { description: "No box." },
      500: {},
    },
  };
  const words = {
    requestBody: { ...body(true).requestBody, description: "The content." },
    "x-codeSamples": [{ lang: "TypeScript", source: "docker.boxList(\n  name,\n);" }],
  };
  expect(emitted({ ...over, ...words }, "/boxes/{name}")).toContain(`  /**
   * Lists boxes.
   *
   * \`GET /boxes/{name}\`
   *
   * @param name Name of the box.
   * @param body The content.
   * @param platform Its platform.
   * @param options See {@link BoxListOptions}.
   * @param request Signal, timeouts in milliseconds, and headers.
   * @returns 200: The list. 201: A new list.
   * @throws {EngineError} 404: No box.
   * @throws {EngineError} 500
   * @throws {ArgumentError} An argument is invalid; nothing was sent.
   * @throws {DockerError} The Engine cannot be reached, or the call was aborted or timed out.
   * @deprecated The Engine API marks this operation as deprecated.
   * @example
   * docker.boxList(
   *   name,
   * );
   * @see https://example.org/list
   */
  boxList(`);
  expect(emitted({})).toContain(`  /**
   * Lists boxes.
   *
   * \`GET /boxes\`
   *
   * @param request Signal, timeouts in milliseconds, and headers.
   * @returns The answer.
   * @throws {ArgumentError} An argument is invalid; nothing was sent.
   * @throws {DockerError} The Engine cannot be reached, or the call was aborted or timed out.
   */
  boxList(`);
});

test("the file says what generated it", () => {
  expect(emitted({})).toMatch(/^\/\/ Generated by `npm run spec -- generate`\. Do not edit/);
});

const RETURNED = `
export interface Call<T> extends Promise<T> {
  result(): Promise<T>;
}
export interface StreamCall<S, V> extends Call<S>, AsyncIterable<V> {}
export interface TarStream extends AsyncIterable<Buffer> {
  readonly tar: true;
}
`;

const USE = `
import { type CallArguments, type Caller, Client } from "./generated/client.js";
import type { Operation } from "./generated/operations.js";
import type { RequestOptions } from "./generated/options.js";
import type { BinaryBody, Box } from "./generated/schema.js";
import type { Call, StreamCall, TarStream } from "./src/operation/returned.js";

const caller: Caller = {
  call(operation: Operation, args: CallArguments, request: RequestOptions | undefined) {
    throw new Error(JSON.stringify([operation, args, request]));
  },
};
class Boxes extends Client {
  protected readonly caller = caller;
}
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => undefined;

const boxes = new Boxes();
const list = boxes.boxList({ all: true, label: ["a"] }, { timeout: 1, headers: { "X-A": null } });
same<typeof list, Call<Box[]>>(true);
const archive = boxes.boxExport("a", "linux/amd64");
same<typeof archive, StreamCall<TarStream, Buffer>>(true);
const filled = boxes.boxFill("a", { body: new Uint8Array(), "X-Registry-Auth": "login" });
same<typeof filled, Call<void>>(true);
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
  const outputs = emit(await readModel(document));
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, "package.json"),
    '{ "type": "module", "imports": { "#src/*.js": "./src/*.ts" } }',
  );
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
  for (const path of ["generated", join("src", "operation")])
    mkdirSync(join(folder, path), { recursive: true });
  for (const [name, text] of outputs) writeFileSync(join(folder, "generated", name), text);
  writeFileSync(join(folder, "src", "operation", "returned.ts"), RETURNED);
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
  expect(fileNames).toHaveLength(7);
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
  // Signatures without a body are overloads.
  const methods = client?.members.filter(ts.isMethodDeclaration).filter(({ body }) => body) ?? [];
  expect(methods.map(({ name }) => name.getText(source))).toEqual(
    ids.map((id) => `${id[0]?.toLowerCase()}${id.slice(1)}`),
  );
  expect(methods.map((method) => /operations\.(\w+)/.exec(method.getText(source))?.[1])).toEqual(ids);
});
