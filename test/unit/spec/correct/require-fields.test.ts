import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadRequired, requireFields } from "../../../../scripts/spec/correct/require-fields.js";
import type { OpenApi } from "../../../../scripts/spec/openapi.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { placesOf, published } from "../places.js";
import { documentOf, operation } from "../small-document.js";
import { repository, smallWorkspace } from "../small-workspace.js";

const text = { type: "string" };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ content: { "application/json": { schema } } });
const object = (properties: object, over: object = {}) => ({ type: "object", properties, ...over });

const schemasOf = (document: OpenApi) => document.components?.schemas as Record<string, unknown>;

test("fields become required, in the order of the schema, beside those that are already", () => {
  const Box = object({ a: text, b: text, c: text }, { required: ["c"] });
  const document = requireFields(documentOf({}, { schemas: { Box } }), {
    split: [],
    required: { Box: ["b", "a", "not-in-this-version"], Crate: ["a"] },
  });
  expect(schemasOf(document)).toEqual({ Box: { ...Box, required: ["a", "b", "c"] } });
});

test("a path leads to an inline object, through lists, maps and allOf", () => {
  const lid = object({ state: text });
  const Box = {
    allOf: [
      object({ lids: { type: "array", items: lid }, byName: { additionalProperties: object({ lid }) } }),
    ],
  };
  const document = requireFields(documentOf({}, { schemas: { Box: structuredClone(Box) } }), {
    split: [],
    required: { Box: ["lids"], "Box.lids": ["state"], "Box.byName.lid": ["state"] },
  });
  const full = { ...lid, required: ["state"] };
  expect(schemasOf(document)).toEqual({
    Box: {
      allOf: [
        object(
          { lids: { type: "array", items: full }, byName: { additionalProperties: object({ lid: full }) } },
          { required: ["lids"] },
        ),
      ],
    },
  });
});

describe("a schema that is sent as well as read", () => {
  const document = () =>
    documentOf(
      {
        "/boxes": {
          post: operation({ requestBody: json(ref("Create")), responses: { 200: json(ref("Box")) } }),
        },
      },
      {
        schemas: {
          Create: object({ lid: ref("Lid"), shared: ref("Shared") }),
          Shared: object({ lid: ref("Lid") }),
          Box: object({ lid: ref("Lid"), lids: { type: "array", items: ref("Lid") }, shared: ref("Shared") }),
          Lid: object({ state: text, hinge: ref("Hinge") }),
          Hinge: object({ kind: text }),
        },
      },
    );

  test("is split: what is sent refers to a copy without required fields", () => {
    const split = requireFields(document(), {
      split: ["Lid", "Hinge"],
      required: { Lid: ["state"], Hinge: ["kind"] },
    });
    expect(schemasOf(split)).toEqual({
      Create: object({ lid: ref("LidInput"), shared: ref("Shared") }),
      Shared: object({ lid: ref("LidInput") }),
      Box: object({ lid: ref("Lid"), lids: { type: "array", items: ref("Lid") }, shared: ref("Shared") }),
      Lid: object({ state: text, hinge: ref("Hinge") }, { required: ["state"] }),
      Hinge: object({ kind: text }, { required: ["kind"] }),
      LidInput: object({ state: text, hinge: ref("HingeInput") }),
      HingeInput: object({ kind: text }),
    });
  });

  test("is refused if it is not to be split", () => {
    const required = { split: [], required: { Lid: ["state"] } };
    expect(() => requireFields(document(), required)).toThrow(SpecError);
    expect(() => requireFields(document(), required)).toThrow('Lid is sent too. List it under "split"');
  });
});

test.each(["[]", "split: [A]", "split: [A]\nrequired: { A: b }", "split: 1\nrequired: {}"])(
  "a file is refused for %j",
  async (given) => {
    const workspace = smallWorkspace();
    writeFileSync(join(workspace.root, "spec", "required.yaml"), given);
    await expect(loadRequired(workspace)).rejects.toThrow(
      'must hold "split", a list of schemas, and "required"',
    );
  },
);

const isList = (entry: object): entry is readonly string[] => Array.isArray(entry);

test("spec/required.yaml names only what a published version has", async () => {
  const { split, required } = await loadRequired({ root: repository });
  const known = new Set(published.flatMap((document) => [...placesOf(document)]));
  const named = [
    ...split,
    ...Object.entries(required).flatMap(([place, entry]) =>
      (isList(entry) ? entry : Object.values(entry).flat()).map((field) => `${place}.${field}`),
    ),
  ];
  expect(named.filter((place) => !known.has(place))).toEqual([]);
});
