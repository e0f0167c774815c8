import { nameObjects } from "../../../../scripts/spec/correct/name-objects.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { names, published } from "../places.js";
import { documentOf, operation } from "../small-document.js";

const text = { type: "string" };
const object = (properties: object = { Name: text }) => ({ type: "object", properties });
const list = (items: object) => ({ type: "array", items });
const map = (values: object) => ({ type: "object", additionalProperties: values });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The schemas of a document with a Box of these fields, once its objects have names. */
const namesOf = (fields: object, names: Record<string, string> = {}, words = {}): Record<string, unknown> => {
  const document = documentOf({}, { schemas: { Box: object(structuredClone(fields)) } });
  return (nameObjects(document, names, words).components?.schemas ?? {}) as Record<string, unknown>;
};

test.each([
  { title: "an object by its schema and field", given: object(), want: ref("BoxLid"), name: "BoxLid" },
  { title: "the items of a list", given: list(object()), want: list(ref("BoxLidItem")), name: "BoxLidItem" },
  { title: "the values of a map", given: map(object()), want: map(ref("BoxLidItem")), name: "BoxLidItem" },
  {
    title: "an object that may be null",
    given: { ...object(), type: ["object", "null"] },
    want: { oneOf: [ref("BoxLid"), { type: "null" }] },
    name: "BoxLid",
  },
])("names $title", ({ given, want, name }) => {
  expect(namesOf({ Lid: given })).toEqual({ Box: object({ Lid: want }), [name]: object() });
});

test("names an object as names.yaml says, and those within it by that name", () => {
  expect(namesOf({ Lids: list(object({ hinge: object() })) }, { "Box.Lids": "Cover" })).toEqual({
    Box: object({ Lids: list(ref("Cover")) }),
    Cover: object({ hinge: ref("CoverHinge") }),
    CoverHinge: object(),
  });
});

test("names the objects of a list that is a schema itself, and of the parts of a schema", () => {
  const schemas = { Boxes: list(object()), Crate: { allOf: [ref("Boxes"), object({ Lid: object() })] } };
  const named = nameObjects(documentOf({}, { schemas }), { Boxes: "Box" });
  expect(named.components?.schemas).toEqual({
    Boxes: list(ref("Box")),
    Box: object(),
    Crate: { allOf: [ref("Boxes"), object({ Lid: ref("CrateLid") })] },
    CrateLid: object(),
  });
});

test("names the objects of parameters, whether sent as text or as JSON", () => {
  const parameters = [
    { name: "lid", in: "query", schema: object(), description: "The lid." },
    { name: "size", in: "query", content: { "application/json": { schema: list(object()) } } },
  ];
  const named = nameObjects(documentOf({ "/boxes": { get: operation({ parameters }) } }, { schemas: {} }), {
    "BoxList.size": "Size",
  });
  expect(named.paths).toMatchObject({
    "/boxes": {
      get: {
        parameters: [
          { schema: ref("BoxListLid") },
          { content: { "application/json": { schema: list(ref("Size")) } } },
        ],
      },
    },
  });
  expect(named.components?.schemas).toEqual({
    BoxListLid: { ...object(), description: "The lid." },
    Size: object(),
  });
});

test("an object gets the words of spec/docs on its name, or those of its field", () => {
  const lids = { ...list(object()), description: "All lids." };
  expect(namesOf({ Lids: lids })).toMatchObject({ BoxLidsItem: { description: "All lids." } });
  expect(namesOf({ Lids: lids }, {}, { BoxLidsItem: { description: "A lid." } })).toMatchObject({
    Box: { properties: { Lids: { description: "All lids." } } },
    BoxLidsItem: { description: "A lid." },
  });
});

test("objects that differ only in their words share a name; others are refused, as is the name of a schema", () => {
  const names = { "Box.Lid": "Part", "Box.Floor": "Part" };
  const described = object({ Name: { ...text, description: "Its name." } });
  expect(namesOf({ Lid: object(), Floor: described }, names)).toEqual({
    Box: object({ Lid: ref("Part"), Floor: ref("Part") }),
    Part: object(),
  });
  expect(() => namesOf({ Lid: object(), Floor: object({ Size: text }) }, names)).toThrow(SpecError);
  expect(() => namesOf({ Lid: object() }, { "Box.Lid": "Box" })).toThrow(
    "Two objects are called Box; give one of them another name in spec/names.yaml.",
  );
});

test("a value without fields stays as it is", () => {
  const fields = { Labels: map(text), Tags: list(text), Options: { type: "object" }, Lid: ref("Lid") };
  expect(namesOf(fields)).toEqual({ Box: object(fields) });
});

test("every name of spec/names.yaml is in use, and no object of the description is without a name", () => {
  const schemas = new Set(published.flatMap(({ components }) => Object.keys(components?.schemas ?? {})));
  expect(Object.values(names).filter((name) => !schemas.has(name))).toEqual([]);
  for (const document of published) {
    expect(nameObjects(structuredClone(document), {})).toEqual(document);
  }
});
