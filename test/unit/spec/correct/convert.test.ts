import { convert } from "../../../../scripts/spec/correct/convert.js";
import type { Swagger } from "../../../../scripts/spec/pull/description.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { smallSwagger } from "../small-workspace.js";

const swagger = (rest: object): Swagger => ({
  swagger: "2.0",
  info: { title: "t", version: "9.9" },
  paths: {},
  ...rest,
});

const converted = async (operation: object): Promise<Record<string, unknown>> => {
  const { paths } = await convert(
    swagger({
      consumes: ["application/json"],
      produces: ["application/json"],
      paths: { "/a": { post: { responses: { 204: { description: "d" } }, ...operation } } },
      definitions: { Box: { type: "object" } },
    }),
  );
  const item = paths?.["/a"] as { post?: Record<string, unknown> } | undefined;
  return item?.post ?? {};
};

test("the result is OpenAPI 3.1 and the input is left as it was", async () => {
  const given = smallSwagger();
  expect(await convert(given)).toMatchObject({
    openapi: "3.1.1",
    info: { version: "9.9" },
    servers: [{ url: "/v9.9" }],
  });
  expect(given).toEqual(smallSwagger());
});

describe("media types", () => {
  const answer = { responses: { 200: { description: "d", schema: { $ref: "#/definitions/Box" } } } };
  const box = { schema: { $ref: "#/components/schemas/Box" } };
  test.each([
    { title: "of the document hold by default", given: {}, want: { "application/json": box } },
    {
      title: "of the operation win over the document's",
      given: { produces: ["text/plain", "application/x-tar"] },
      want: { "text/plain": box, "application/x-tar": box },
    },
  ])("$title, for answers", async ({ given, want }) => {
    expect(await converted({ ...given, ...answer })).toMatchObject({ responses: { 200: { content: want } } });
    const { responses } = (await converted({ ...given, ...answer })) as {
      responses: Record<string, { content: object }>;
    };
    expect(responses[200]?.content).toEqual(want);
  });

  const sent = { parameters: [{ name: "b", in: "body", schema: { $ref: "#/definitions/Box" } }] };
  test.each([
    { title: "of the document hold by default", given: {}, want: { "application/json": box } },
    {
      title: "of the operation win over the document's",
      given: { consumes: ["application/x-tar"] },
      want: { "application/x-tar": box },
    },
  ])("$title, for bodies", async ({ given, want }) => {
    expect(await converted({ ...given, ...sent })).toMatchObject({ requestBody: { content: want } });
    const { requestBody } = (await converted({ ...given, ...sent })) as { requestBody: { content: object } };
    expect(requestBody.content).toEqual(want);
  });
});

test.each([
  { title: "is required if it was", given: { required: true }, want: { required: true } },
  { title: "is optional if it was", given: {}, want: {} },
])("a body parameter becomes the request body and $title", async ({ given, want }) => {
  const operation = await converted({
    parameters: [{ name: "b", in: "body", schema: { type: "object" }, ...given }],
  });
  expect(operation.requestBody).toEqual({
    content: { "application/json": { schema: { type: "object" } } },
    ...want,
  });
  expect(operation.parameters ?? []).toEqual([]);
});

const list = { type: "array", items: { type: "string" } };
test.each([
  {
    title: "multi repeats",
    given: { ...list, collectionFormat: "multi" },
    want: { explode: true, schema: list },
  },
  {
    title: "csv is one value",
    given: { ...list, collectionFormat: "csv" },
    want: { style: "form", explode: false, schema: list },
  },
  { title: "none means csv", given: list, want: { style: "form", explode: false, schema: list } },
  {
    title: "type, enum and default move into the schema",
    given: { type: "string", enum: ["a", "b"], default: "a" },
    want: { schema: { type: "string", enum: ["a", "b"], default: "a" } },
  },
])("a query parameter: $title", async ({ given, want }) => {
  const { parameters } = await converted({ parameters: [{ name: "q", in: "query", ...given }] });
  expect(parameters).toEqual([{ name: "q", in: "query", ...want }]);
});

test("headers of answers get a schema, and header parameters too", async () => {
  const operation = await converted({
    parameters: [{ name: "X-In", in: "header", type: "string", required: true }],
    responses: { 200: { description: "d", headers: { "X-Out": { type: "integer", format: "int64" } } } },
  });
  expect(operation).toMatchObject({
    parameters: [{ name: "X-In", in: "header", required: true, schema: { type: "string" } }],
    responses: { 200: { headers: { "X-Out": { schema: { type: "integer", format: "int64" } } } } },
  });
});

const octets = { type: "string", contentMediaType: "application/octet-stream" };
test("binary text becomes contentMediaType, in answers and in bodies", async () => {
  const operation = await converted({
    consumes: ["application/x-tar"],
    produces: ["application/x-tar"],
    parameters: [{ name: "b", in: "body", schema: { type: "string", format: "binary" } }],
    responses: { 200: { description: "d", schema: { type: "string", format: "binary" } } },
  });
  expect(operation.requestBody).toEqual({ content: { "application/x-tar": { schema: octets } } });
  expect(operation.responses).toEqual({
    200: { description: "d", content: { "application/x-tar": { schema: octets } } },
  });
});

test.each([
  { given: { type: "string", "x-nullable": true }, want: { type: ["string", "null"] } },
  { given: { type: "array", items: {}, "x-nullable": true }, want: { type: ["array", "null"], items: {} } },
  { given: { type: "string", "x-nullable": false }, want: { type: "string", nullable: false } },
  {
    given: { allOf: [{ $ref: "#/definitions/Other" }], "x-nullable": true },
    want: { allOf: [{ $ref: "#/components/schemas/Other" }], nullable: true },
  },
])("a schema $given becomes $want", async ({ given, want }) => {
  const { components } = await convert(swagger({ definitions: { A: given, Other: { type: "object" } } }));
  expect(components?.schemas?.A).toEqual(want);
});

test.each([
  {
    given: "two bodies",
    rest: {
      paths: {
        "/a": {
          post: {
            parameters: ["b", "c"].map((name) => ({ name, in: "body", schema: {} })),
            responses: { 204: { description: "d" } },
          },
        },
      },
    },
    want: "multiple requestBodies",
  },
  {
    given: "a parameter that is defined nowhere",
    rest: {
      paths: {
        "/a": {
          get: { parameters: [{ $ref: "#/parameters/none" }], responses: { 204: { description: "d" } } },
        },
      },
    },
    want: "Could not resolve reference",
  },
])("what cannot be carried over stops the build: $given", async ({ rest, want }) => {
  const failure = await convert(swagger(rest)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  expect((failure as Error).message).toMatch(/^The description cannot be converted to OpenAPI 3\.1: /);
  expect((failure as Error).message).toContain(want);
});
