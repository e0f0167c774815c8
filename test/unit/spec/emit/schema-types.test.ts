import {
  emitOperationTypes,
  emitSchemas,
  readOperationTypes,
  readSchemas,
} from "../../../../scripts/spec/emit/schema-types.js";
import { readTypes } from "../../../../scripts/spec/emit/type-nodes.js";
import type { OpenApi } from "../../../../scripts/spec/openapi.js";
import { documentOf, operation } from "../small-document.js";

const emitTypes = async (document: OpenApi): Promise<string> =>
  emitSchemas(readSchemas(document, await readTypes(document)));
/** The declaration of property `a` of a schema. */
async function property(schema: object): Promise<string | undefined> {
  const text = await emitTypes(
    documentOf({}, { schemas: { Box: { type: "object", required: ["a"], properties: { a: schema } } } }),
  );
  return /interface Box \{\n\s+a: (.*?);\n/s.exec(text)?.[1];
}

test.each([
  { title: "text", given: { type: "string" }, want: "string" },
  { title: "nullable text", given: { type: ["string", "null"] }, want: "string | null" },
  { title: "a number", given: { type: "integer", format: "int64" }, want: "number" },
  {
    title: "bytes",
    given: { type: "string", contentMediaType: "application/octet-stream" },
    want: "BinaryBody",
  },
  {
    title: "text of another media type",
    given: { type: "string", contentMediaType: "text/plain" },
    want: "string",
  },
  {
    title: "an enum of strings, which stays open",
    given: { type: "string", enum: ["open", "closed"] },
    want: '"open" | "closed" | (string & {})',
  },
  {
    title: "an enum of one string, which stays open",
    given: { type: "string", enum: ["open"] },
    want: '"open" | (string & {})',
  },
  {
    title: "a nullable enum, which stays open",
    given: { type: ["string", "null"], enum: ["open", "closed", null] },
    want: '"open" | "closed" | (string & {}) | null',
  },
  { title: "an enum of numbers, which is closed", given: { type: "integer", enum: [0, 1] }, want: "0 | 1" },
  { title: "a wide integer", given: { type: "integer", "x-wide": true }, want: "number | bigint" },
  {
    title: "a list of wide integers",
    given: { type: "array", items: { type: "integer", "x-wide": true } },
    want: "(number | bigint)[]",
  },
  {
    title: "a mixed union, which is closed",
    given: { oneOf: [{ type: "string", enum: ["open"] }, { type: "integer" }] },
    want: '("open" | (string & {})) | number',
  },
])("the type of $title", async ({ given, want }) => {
  expect(await property(given)).toBe(want);
});

describe("every schema is exported under its own name", () => {
  const lid = { $ref: "#/components/schemas/OCILid" };
  const text = { type: "string" };
  const box = (schema: object) =>
    emitTypes(
      documentOf({}, { schemas: { OCILid: { type: "object", properties: { a: text } }, Box: schema } }),
    );

  test.each([
    {
      title: "an object as an interface",
      given: { type: "object", properties: { b: text } },
      want: "export interface Box {\n    b?: string;\n}",
    },
    {
      title: "an object over others as an interface that extends them",
      given: { allOf: [lid, { type: "object", properties: { b: text } }] },
      want: "export interface Box extends OCILid {\n    b?: string;\n}",
    },
    { title: "text as an alias", given: text, want: "export type Box = string;" },
    {
      title: "a map as an alias",
      given: { type: "object", additionalProperties: lid },
      want: "export type Box = Record<string, OCILid>;",
    },
    {
      title: "a field of a schema by its name",
      given: { type: "object", properties: { b: { type: "array", items: lid } } },
      want: "export interface Box {\n    b?: OCILid[];\n}",
    },
  ])("$title", async ({ given, want }) => {
    expect(await box(given)).toContain(want);
  });

  test("and no others", async () => {
    const names = [...(await box(text)).matchAll(/^export \w+ (\w+)/gm)].map(([, name]) => name);
    expect(names).toEqual(["BinaryBody", "NodeStream", "WebStream", "Box", "OCILid"]);
  });
});

test("a schema that is sent accepts undefined wherever a field is optional, one that is only read does not", async () => {
  const box = (extra: object = {}) => ({
    type: "object",
    required: ["c"],
    properties: {
      a: { type: "object", properties: { b: { type: ["string", "null"] } } },
      c: { type: "string" },
    },
    ...extra,
  });
  const schema = (name: string) => ({
    content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
  });
  const sent = operation({ requestBody: schema("Sent"), responses: { 200: schema("Read") } });
  const schemas = { Sent: box({ additionalProperties: { type: "string" } }), Read: box() };
  const text = await emitTypes(documentOf({ "/boxes": { post: sent } }, { schemas }));
  expect(text).toContain(`export interface Sent {
    a?: {
        b?: string | null | undefined;
    } | undefined;
    c: string;
    [key: string]: string | undefined;
}`);
  expect(text).toContain(`export interface Read {
    a?: {
        b?: string | null;
    };
    c: string;
}`);
});

test("comments hold our words, before any tag, and no remarks on formats and defaults", async () => {
  const properties = {
    a: { type: "string", format: "date-time", description: "Time.", deprecated: true },
    b: { type: "string", enum: ["x"], default: "x", title: "B", description: "Kind." },
    default: { type: "string", description: "A field of that name." },
  };
  const schemas = { Box: { type: "object", description: "A box.", properties } };
  expect(await emitTypes(documentOf({}, { schemas }))).toContain(`/** A box. */
export interface Box {
    /**
     * Time.
     * @deprecated
     */
    a?: string;
    /** Kind. */
    b?: "x" | (string & {});
    /** A field of that name. */
    default?: string;
}`);
});

test("a field with a default is optional where it is not required", async () => {
  const text = await emitTypes(
    documentOf(
      {},
      { schemas: { Box: { type: "object", properties: { lid: { type: "string", default: "open" } } } } },
    ),
  );
  expect(text).toMatch(/ lid\?: string;/);
});

test("the types of operations name their schemas, and the file imports those", async () => {
  const schemas = { Box: { type: "object", properties: { a: { type: "string" } } }, Lid: { type: "string" } };
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Box" } } };
  const document = documentOf(
    { "/boxes": { get: operation({ responses: { 200: { description: "A Lid.", content } } }) } },
    { schemas },
  );
  const text = emitOperationTypes(readOperationTypes(await readTypes(document)), ["Box", "Lid"]);
  expect(text).toContain(
    '\nimport type { Box } from "./schema.js";\n\nexport interface operations {\n    BoxList: {',
  );
  expect(text).toContain("200: Box;");
});

test("the mock kit gets an operation's parameters, its body, and the content of each answer", async () => {
  const json = { "application/json": { schema: { type: "string" } } };
  const document = documentOf({
    "/boxes": {
      post: operation({
        parameters: [{ name: "label", in: "query", required: true, schema: { type: "string" } }],
        requestBody: { content: json },
        responses: {
          200: {
            description: "Either.",
            headers: { Etag: { schema: { type: "string" } } },
            content: { ...json, "text/plain": { schema: { type: "number" } } },
          },
          204: { description: "Nothing." },
        },
      }),
    },
  });
  const text = emitOperationTypes(readOperationTypes(await readTypes(document)), []);
  expect(text.slice(text.indexOf("export")).replaceAll(/\s+/g, " ")).toBe(
    "export interface operations { BoxList: { parameters: { query: { label: string; }; header?: never; path?: never; }; " +
      'requestBody?: { content: { "application/json": string; }; }; ' +
      "responses: { 200: string | number; 204: undefined; }; }; } ",
  );
});

test("the file says what generated it", async () => {
  expect(await emitTypes(documentOf({}))).toMatch(
    /^\/\/ Generated by `npm run spec -- generate`\. Do not edit/,
  );
});
