import { readOperations } from "../../../../scripts/spec/emit/operation-model.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { documentOf, operation } from "../small-document.js";

const read = (over: object, path = "/boxes") =>
  readOperations(documentOf({ [path]: { get: operation(over) } }))[0];

const inPath = { name: "name", in: "path", required: true, schema: { type: "string" } };
const inQuery = { name: "all", in: "query", schema: { type: "boolean" } };

test("an operation is read with everything the emitters need", () => {
  const document = documentOf(
    {
      "/boxes/{name}/copy/{target}": {
        put: operation({
          operationId: "BoxCopy",
          deprecated: true,
          externalDocs: { url: "https://example.org/copy" },
          "x-positional": ["all"],
          parameters: [
            { ...inPath, name: "target" },
            inPath,
            { ...inQuery, required: true },
            { name: "X-Auth", in: "header", schema: { type: "string" }, "x-encoding": "base64url" },
          ],
          requestBody: { $ref: "#/components/requestBodies/Box" },
          responses: {
            404: {},
            200: { content: { "application/json": {} } },
            204: {},
            500: {},
          },
        }),
      },
    },
    { requestBodies: { Box: { required: true, content: { "application/x-tar": {} } } } },
  );
  expect(readOperations(document)).toEqual([
    {
      id: "BoxCopy",
      name: "boxCopy",
      httpMethod: "PUT",
      path: "/boxes/{name}/copy/{target}",
      summary: "Lists boxes.",
      docs: "https://example.org/copy",
      deprecated: true,
      kind: "json",
      pathParameters: ["name", "target"],
      query: [{ name: "all", encoding: "text", required: true, type: "boolean" }],
      headers: [{ name: "X-Auth", encoding: "base64url", required: false, type: "string" }],
      positional: ["all"],
      body: { mediaType: "application/x-tar", required: true, isList: false, type: "unknown" },
      answers: [
        { status: 200, mediaType: "application/json", type: "unknown" },
        { status: 204, mediaType: undefined, type: "undefined" },
      ],
      failures: [404, 500],
      singleWhen: undefined,
      terminal: undefined,
      words: { parameters: {}, body: undefined, statuses: {}, example: undefined },
    },
  ]);
});

test("operations of all paths and methods are sorted by id", () => {
  const ids = ["Put", "Get", "Delete", "Head", "Post"];
  const [put, get, del, head, post] = ids.map((operationId) => operation({ operationId }));
  const document = documentOf({ "/b": { put, get }, "/a": { delete: del, head, post } });
  expect(readOperations(document).map(({ id }) => id)).toEqual(["Delete", "Get", "Head", "Post", "Put"]);
});

test("a document without paths has no operations", () => {
  expect(readOperations({ openapi: "3.1.1", info: { title: "t", version: "1" } })).toEqual([]);
});

const list = { type: "array", items: { type: "string" } };
test.each([
  { title: "text is text", given: { schema: { type: "string" } }, want: "text" },
  { title: "a boolean is text", given: { schema: { type: "boolean" } }, want: "text" },
  { title: "a list is repeated", given: { schema: list }, want: "repeat" },
  { title: "an exploded list is repeated", given: { explode: true, schema: list }, want: "repeat" },
  { title: "a list that is not exploded has commas", given: { explode: false, schema: list }, want: "comma" },
  { title: "content is JSON", given: { content: { "application/json": { schema: {} } } }, want: "json" },
  {
    title: "x-encoding wins over the schema",
    given: { schema: { type: "string" }, "x-encoding": "base64url" },
    want: "base64url",
  },
  { title: "x-encoding wins over a list", given: { schema: list, "x-encoding": "text" }, want: "text" },
])("the encoding of a parameter: $title", ({ given, want }) => {
  expect(read({ parameters: [{ name: "q", in: "query", ...given }] })?.query[0]?.encoding).toBe(want);
  expect(read({ parameters: [{ name: "q", in: "header", ...given }] })?.headers[0]?.encoding).toBe(want);
});

test.each([
  { given: "1.48", want: "1.48" },
  { given: undefined, want: undefined },
])("the version that introduced a parameter is kept: $given", ({ given, want }) => {
  expect(read({ parameters: [{ ...inQuery, ...(given && { "x-since": given }) }] })?.query[0]?.since).toBe(
    want,
  );
});

describe("refused is", () => {
  const ok = { 200: { content: { "application/json": {} } } };
  test.each([
    {
      title: "no operationId",
      given: { operationId: undefined },
      want: "GET /boxes has no usable operationId",
    },
    {
      title: "an operationId in lower case",
      given: { operationId: "boxList" },
      want: 'operationId ("boxList")',
    },
    {
      title: "an operationId that is not a name",
      given: { operationId: "Box-List" },
      want: 'operationId ("Box-List")',
    },
    {
      title: "no response kind",
      given: { "x-response-kind": undefined },
      want: "has the x-response-kind undefined; state one of json, none, text, tar,",
    },
    {
      title: "an unknown response kind",
      given: { "x-response-kind": "xml" },
      want: 'has the x-response-kind "xml"; state one of json, none,',
    },
    {
      title: "no summary",
      given: { summary: "" },
      want: "has no summary; write one in spec/docs",
    },
    {
      title: "a status that is not a number",
      given: { responses: { ...ok, default: {} } },
      want: 'declares the status "default", which is not a number',
    },
    {
      title: "a range of statuses",
      given: { responses: { ...ok, "4XX": {} } },
      want: 'declares the status "4XX", which is not a number',
    },
    { title: "no success", given: { responses: { 500: {} } }, want: "declares no successful status" },
    {
      title: "no answer at all, of a kind that needs no type",
      given: { "x-response-kind": "none", responses: {} },
      want: "declares no successful status",
    },
    {
      title: "JSON that is not application/json",
      given: { responses: { 200: { content: { "text/plain": {} } } } },
      want: "is of kind json, but no successful status declares application/json",
    },
    {
      title: "JSON in failures only",
      given: { responses: { 204: {}, 404: { content: { "application/json": {} } } } },
      want: "is of kind json, but no successful status declares application/json",
    },
    {
      title: "a parameter in a form that is not known",
      given: { parameters: [{ name: "q", in: "query", content: { "text/xml": {} } }] },
      want: "has the parameter q as text/xml; only application/json is known",
    },
    {
      title: "a parameter in two forms",
      given: {
        parameters: [{ name: "q", in: "header", content: { "application/json": {}, "text/plain": {} } }],
      },
      want: "has the parameter q as application/json, text/plain; only application/json is known",
    },
    {
      title: "an unknown encoding",
      given: { parameters: [{ ...inQuery, "x-encoding": "base32" }] },
      want: 'has the parameter all with the unknown x-encoding "base32"',
    },
    {
      title: "an x-since that is not a version",
      given: { parameters: [{ ...inQuery, "x-since": "v1.48" }] },
      want: 'has the parameter all with the x-since "v1.48", which is not an API version',
    },
    {
      title: "a path parameter that the path does not have",
      given: { parameters: [inPath] },
      want: "declares the path parameters name; its path has (none).",
    },
    {
      title: "a path parameter that is not declared",
      path: "/boxes/{id}",
      given: {},
      want: "declares the path parameters (none); its path has id.",
    },
    {
      title: "a path parameter that is declared under another name",
      path: "/boxes/{id}",
      given: { parameters: [inPath] },
      want: "declares the path parameters name; its path has id.",
    },
    {
      title: "a path parameter that is not an identifier",
      path: "/boxes/{box-name}",
      given: { parameters: [{ ...inPath, name: "box-name" }] },
      want: 'has the path parameter "box-name", which cannot be an argument of its method',
    },
    {
      title: "a path parameter called like another argument",
      path: "/boxes/{request}",
      given: { parameters: [{ ...inPath, name: "request" }] },
      want: 'has the path parameter "request", which cannot be an argument of its method',
    },
    {
      title: "a parameter that is only referred to",
      given: { parameters: [{ $ref: "#/components/parameters/all" }] },
      want: 'has the parameter {"$ref":"#/components/parameters/all"}, which is in no path, query or header',
    },
    {
      title: "a cookie",
      given: { parameters: [{ name: "c", in: "cookie" }] },
      want: "which is in no path, query or header",
    },
    {
      title: "a query and a header parameter of one name",
      given: { parameters: [inQuery, { ...inQuery, in: "header" }] },
      want: 'has two options called "all"',
    },
    {
      title: "an optional body beside a parameter called body",
      given: {
        parameters: [{ ...inQuery, name: "body" }],
        requestBody: { content: { "application/json": {} } },
      },
      want: 'has two options called "body"',
    },
    {
      title: "a body of two media types",
      given: { requestBody: { content: { "application/json": {}, "text/plain": {} } } },
      want: "takes a body of the media types application/json, text/plain; an overlay must leave exactly one of",
    },
    {
      title: "a body of no media type",
      given: { requestBody: { content: {} } },
      want: "takes a body of the media types (none); an overlay must leave exactly one of",
    },
    {
      title: "a body of a media type that is not known",
      given: { requestBody: { content: { "text/xml": {} } } },
      want: "takes a body of the media types text/xml; an overlay must leave exactly one of",
    },
    {
      title: "a body that is defined nowhere",
      given: { requestBody: { $ref: "#/components/requestBodies/Crate" } },
      want: "refers to the request body Crate, which is not defined",
    },
    {
      title: "a positional parameter that is not there",
      given: { parameters: [inQuery], "x-positional": ["all", "platform"] },
      want: 'lists "platform" as x-positional, but has no such query parameter',
    },
    {
      title: "a positional parameter that is a header",
      given: { parameters: [{ ...inQuery, in: "header" }], "x-positional": ["all"] },
      want: 'lists "all" as x-positional, but has no such query parameter',
    },
  ])("$title", ({ given, path = "/boxes", want }) => {
    expect(() => read(given, path)).toThrow(SpecError);
    expect(() => read(given, path)).toThrow(want);
    // Every message says where.
    expect(() => read(given, path)).toThrow(`GET ${path}`);
  });

  test("an operationId that two operations have", () => {
    const document = documentOf({ "/a": { get: operation() }, "/b": { post: operation() } });
    expect(() => readOperations(document)).toThrow(
      new SpecError("Two operations are called BoxList: at /a and at /b."),
    );
  });

  test("a parameter stated for all operations of a path", () => {
    const document = documentOf({ "/a": { parameters: [inQuery], get: operation() } });
    expect(() => readOperations(document)).toThrow(
      new SpecError("/a has parameters; declare them in each operation."),
    );
  });
});
