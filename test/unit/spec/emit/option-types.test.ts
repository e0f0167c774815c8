import { readOperations } from "../../../../scripts/spec/emit/operation-model.js";
import { emitOptions, readOptions } from "../../../../scripts/spec/emit/option-types.js";
import { readTypes } from "../../../../scripts/spec/emit/type-nodes.js";
import type { OpenApi } from "../../../../scripts/spec/openapi.js";
import { documentOf, operation } from "../small-document.js";

const optionsOf = async (document: OpenApi): Promise<string> =>
  emitOptions(readOptions(readOperations(document), await readTypes(document)), [
    "BinaryBody",
    ...Object.keys(document.components?.schemas ?? {}),
  ]);
const emitted = (over: object, schemas: object = {}): Promise<string> =>
  optionsOf(documentOf({ "/boxes": { get: operation(over) } }, { schemas }));

const text = { type: "string" };
const query = (name: string, over: object = {}) => ({ name, in: "query", schema: text, ...over });
const header = (name: string, over: object = {}) => ({ ...query(name, over), in: "header" });
const bytes = { ...text, contentMediaType: "application/octet-stream" };
const body = (required: boolean) => ({
  requestBody: { required, description: "The content.", content: { "application/x-tar": { schema: bytes } } },
});

test.each([
  {
    title: "query and header parameters",
    given: { parameters: [header("X-A"), query("a")] },
    fields: ["a?: string | undefined", '"X-A"?: string | undefined'],
  },
  {
    title: "what must be given",
    given: { parameters: [query("a", { required: true })] },
    fields: ["a: string"],
  },
  {
    title: "an optional body, with its words",
    given: body(false),
    fields: ["/** The content. */", "body?: BinaryBody | undefined"],
  },
  {
    title: "no positional parameter",
    given: { parameters: [query("a"), query("b")], "x-positional": ["a"] },
    fields: ["b?: string | undefined"],
  },
  {
    title: "the words on a parameter",
    given: { parameters: [query("a", { description: "Its a." })] },
    fields: ["/** Its a. */", "a?: string | undefined"],
  },
])("the options of an operation are $title", async ({ given, fields }) => {
  const [, inside = ""] = /^export interface BoxListOptions \{\n(.*?)^\}/ms.exec(await emitted(given)) ?? [];
  expect(
    inside
      .split("\n")
      .map((line) => line.trim().replace(/;$/, ""))
      .filter(Boolean),
  ).toEqual(fields);
});

test.each([
  { title: "without parameters", given: {} },
  { title: "with a body that is an argument", given: body(true) },
  {
    title: "with a single parameter that is an argument",
    given: { parameters: [query("a")], "x-positional": ["a"] },
  },
])("an operation $title has no options", async ({ given }) => {
  expect(await emitted(given)).not.toContain("BoxListOptions");
});

test("an operation that gives one value under some options has a type for these", async () => {
  const stream = query("stream", { schema: { type: "boolean" } });
  const over = { "x-response-kind": "json-lines", "x-single-when": { stream: false }, parameters: [stream] };
  expect(await emitted(over)).toContain(`/** Options of \`docker.boxList()\` for a single value. */
export interface BoxListSingleOptions extends BoxListOptions {
    stream: false;
}`);
});

test("the file imports the schemas that options name, and no more", async () => {
  const schemas = { Box: text, Lid: { type: "object", properties: { a: text } } };
  const lid = query("lid", { schema: { $ref: "#/components/schemas/Lid" } });
  const over = { parameters: [{ ...lid, description: "Not a Box." }], ...body(false) };
  expect(await emitted(over, schemas)).toContain('\nimport type { BinaryBody, Lid } from "./schema.js";\n');
});

test("a parameter that is a time can be given as any moment", async () => {
  const parameter = {
    name: "since",
    in: "query",
    schema: { type: ["string", "number"] },
    "x-encoding": "time",
  };
  const text = await optionsOf(documentOf({ "/things": { get: operation({ parameters: [parameter] }) } }));
  expect(text).toMatch(/since\?: Date \| number \| string \| undefined;/);
});

test("a parameter that is sent as JSON has its schema's type, and the document is left as it was", async () => {
  const content = {
    "application/json": { schema: { type: "object", properties: { os: { type: "string" } } } },
  };
  const document = documentOf({
    "/boxes": { get: operation({ parameters: [{ name: "platform", in: "query", content }] }) },
  });
  const before = structuredClone(document);
  expect(await optionsOf(document)).toMatch(/platform\?: \{\s+os\?: string \| undefined;\s+\} \| undefined;/);
  expect(document).toEqual(before);
});
