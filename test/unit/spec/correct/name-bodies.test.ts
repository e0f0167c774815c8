import { nameBodies } from "../../../../scripts/spec/correct/name-bodies.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { documentOf, operation } from "../small-document.js";

const object = { type: "object", properties: { Name: { type: "string" } } };
const text = { type: "string" };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ content: { "application/json": { schema } } });

test.each([
  { title: "a request body", over: { requestBody: json(object) }, name: "BoxListRequest" },
  { title: "an answer", over: { responses: { 200: json(object) } }, name: "BoxListResponse" },
  {
    title: "an answer of a further status",
    over: { responses: { 200: {}, 202: json(object) } },
    name: "BoxList202Response",
  },
  {
    title: "the item of a list",
    over: { responses: { 200: json({ type: "array", items: object }) } },
    name: "BoxListResponseItem",
  },
  {
    title: "a schema over another",
    over: { requestBody: json({ allOf: [ref("Box"), object] }) },
    name: "BoxListRequest",
  },
])("$title that is written inline gets the name $name", ({ over, name }) => {
  const document = documentOf({ "/boxes": { post: operation(over) } }, { schemas: { Box: text } });
  const named = nameBodies(document);
  expect(Object.keys(named.components?.schemas ?? {})).toEqual(["Box", name]);
  expect(JSON.stringify(named.paths)).toContain(JSON.stringify(ref(name)));
  expect(JSON.stringify(named.paths)).not.toContain("properties");
});

test("a body that operations share gets its name too", () => {
  const over = { requestBody: { $ref: "#/components/requestBodies/Boxes" } };
  const document = documentOf(
    { "/boxes": { post: operation(over) } },
    { requestBodies: { Boxes: json({ type: "array", items: object }) } },
  );
  expect(nameBodies(document).components).toEqual({
    requestBodies: { Boxes: json({ type: "array", items: ref("BoxListRequestItem") }) },
    schemas: { BoxListRequestItem: object },
  });
});

test.each([
  { title: "a named schema", over: { requestBody: json(ref("Box")) } },
  { title: "text", over: { responses: { 200: json(text) } } },
  { title: "a map", over: { responses: { 200: json({ type: "object", additionalProperties: text }) } } },
  { title: "bytes", over: { requestBody: { content: { "application/x-tar": { schema: text } } } } },
  { title: "a failure", over: { responses: { 200: {}, 404: json(object) } } },
])("$title stays as it is", ({ over }) => {
  const document = documentOf({ "/boxes": { post: operation(over) } }, { schemas: { Box: text } });
  const before = structuredClone(document);
  expect(nameBodies(document)).toEqual(before);
});

test("a name that another schema has is refused", () => {
  const document = documentOf(
    { "/boxes": { post: operation({ requestBody: json(object) }) } },
    { schemas: { BoxListRequest: text } },
  );
  expect(() => nameBodies(document)).toThrow(SpecError);
});
