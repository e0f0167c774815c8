import { resolveNullable } from "../../../../scripts/spec/correct/nullable.js";

const ref = { $ref: "#/components/schemas/Box" };
const nothing = { type: "null" };

test.each([
  { title: "a type", given: { type: "string", nullable: true }, want: { type: ["string", "null"] } },
  {
    title: "a list of types",
    given: { type: ["string", "integer"], nullable: true },
    want: { type: ["string", "integer", "null"] },
  },
  {
    title: "a type that has null already",
    given: { type: ["string", "null"], nullable: true },
    want: { type: ["string", "null"] },
  },
  { title: "a reference", given: { ...ref, nullable: true }, want: { oneOf: [ref, nothing] } },
  {
    title: "a reference with words, which stay outside",
    given: { ...ref, title: "T", description: "D", nullable: true },
    want: { title: "T", description: "D", oneOf: [ref, nothing] },
  },
  {
    title: "an enum with a type",
    given: { type: "string", enum: ["a"], nullable: true },
    want: { type: ["string", "null"], enum: ["a", null] },
  },
  {
    title: "an enum that has null already",
    given: { type: "string", enum: ["a", null], nullable: true },
    want: { type: ["string", "null"], enum: ["a", null] },
  },
  {
    title: "an enum without a type",
    given: { enum: ["a"], nullable: true },
    want: { oneOf: [{ enum: ["a"] }, nothing] },
  },
  {
    title: "oneOf, which gains an alternative",
    given: { oneOf: [ref, { type: "string" }], nullable: true },
    want: { oneOf: [ref, { type: "string" }, nothing] },
  },
  {
    title: "oneOf that has null already",
    given: { oneOf: [ref, nothing], nullable: true },
    want: { oneOf: [ref, nothing] },
  },
  {
    title: "oneOf beside something else, which is kept together",
    given: { oneOf: [ref], deprecated: true, nullable: true },
    want: { oneOf: [{ oneOf: [ref], deprecated: true }, nothing] },
  },
  { title: "allOf", given: { allOf: [ref], nullable: true }, want: { oneOf: [{ allOf: [ref] }, nothing] } },
  { title: "nullable: false", given: { type: "string", nullable: false }, want: { type: "string" } },
  { title: "nullable: false of a reference", given: { ...ref, nullable: false }, want: ref },
  {
    title: "schemas at any depth",
    given: { properties: { a: { items: [{ type: "string", nullable: true }] } }, nullable: false },
    want: { properties: { a: { items: [{ type: ["string", "null"] }] } } },
  },
  {
    title: "a property that is called nullable, which is left alone",
    given: { properties: { nullable: { type: "boolean" } } },
    want: { properties: { nullable: { type: "boolean" } } },
  },
  { title: "values, which are left alone", given: ["a", 1, null], want: ["a", 1, null] },
])("$title", ({ given, want }) => {
  const before = structuredClone(given);
  expect(resolveNullable<unknown>(given)).toEqual(want);
  expect(given).toEqual(before);
});
