import { Ajv2020 } from "ajv/dist/2020.js";
import { type JsonSchema, strictly, strictParts } from "./strict.js";

const components: Record<string, JsonSchema> = {
  Named: { type: "object", properties: { Name: { type: "string" } } },
  Sized: { allOf: [{ $ref: "#/components/schemas/Named" }, { properties: { Size: { type: "integer" } } }] },
  Tree: {
    type: "object",
    properties: { Children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } },
  },
  Anything: { type: "object" },
  Labels: { type: "object", additionalProperties: { type: "string" } },
};

function accepts(schema: JsonSchema, value: unknown): boolean {
  const ajv = new Ajv2020({ strict: false });
  const schemas = Object.entries(components).map(([name, part]) => [name, strictParts(part, components)]);
  return ajv.validate(
    { ...strictly(schema, components), components: { schemas: Object.fromEntries(schemas) } },
    value,
  );
}

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

test.each<{ what: string; schema: JsonSchema; good: unknown; bad?: unknown }>([
  { what: "an object", schema: ref("Named"), good: { Name: "a" }, bad: { Name: "a", Age: 1 } },
  {
    what: "an object of two parts",
    schema: ref("Sized"),
    good: { Name: "a", Size: 1 },
    bad: { Name: "a", Size: 1, Age: 1 },
  },
  {
    what: "an object in itself",
    schema: ref("Tree"),
    good: { Children: [{ Children: [] }] },
    bad: { Children: [{ Children: [{ Leaf: 1 }] }] },
  },
  {
    what: "an item of a list",
    schema: { type: "array", items: ref("Named") },
    good: [{ Name: "a" }],
    bad: [{ Age: 1 }],
  },
  {
    what: "a value of a map",
    schema: { type: "object", additionalProperties: ref("Named") },
    good: { one: { Name: "a" } },
    bad: { one: { Age: 1 } },
  },
  {
    what: "an object that may be null",
    schema: { properties: { it: { oneOf: [ref("Named"), { type: "null" }] } } },
    good: { it: null },
    bad: { it: { Age: 1 } },
  },
  {
    what: "a map of strings, open by its nature",
    schema: ref("Labels"),
    good: { any: "thing" },
    bad: { a: 1 },
  },
  { what: "an object of which nothing is said", schema: ref("Anything"), good: { any: { thing: 1 } } },
])("$what has what the schema names, and no more", ({ schema, good, bad }) => {
  expect(accepts(schema, good)).toBe(true);
  if (bad !== undefined) expect(accepts(schema, bad)).toBe(false);
});
