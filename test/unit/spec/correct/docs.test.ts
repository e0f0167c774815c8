import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  applyDocs,
  type Docs,
  eachField,
  loadDocs,
  readDocs,
} from "../../../../scripts/spec/correct/docs.js";
import { isObject, type OpenApi, operationsOf } from "../../../../scripts/spec/openapi.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { placesOf, published } from "../places.js";
import { documentOf, operation } from "../small-document.js";
import { repository, temporaryFolder } from "../small-workspace.js";

const none: Docs = { operations: {}, schemas: {}, statuses: {} };
const label = { name: "label", in: "query" };
const document = (over: object = {}, components: object = {}): OpenApi =>
  documentOf(
    { "/boxes": { post: operation({ parameters: [label], summary: undefined, ...over }) } },
    components,
  );

test("an operation gets its words, and shared ones for the statuses it does not describe", () => {
  const given = document({ requestBody: { content: {} }, responses: { 200: {}, 404: {}, 500: {} } });
  const missing = applyDocs(given, {
    ...none,
    operations: {
      BoxList: {
        summary: "Lists boxes.",
        example: "await docker.boxList();\n",
        parameters: { label: "Label of the box." },
        body: "The box.",
        statuses: { 200: "The boxes.", 404: "No such box." },
      },
    },
    statuses: { 404: "Nothing there.", 500: "It failed." },
  });
  expect(missing).toEqual([]);
  expect(given.paths?.["/boxes"]).toMatchObject({
    post: {
      summary: "Lists boxes.",
      "x-codeSamples": [{ lang: "TypeScript", source: "await docker.boxList();" }],
      parameters: [{ ...label, description: "Label of the box." }],
      requestBody: { description: "The box." },
      responses: {
        200: { description: "The boxes." },
        404: { description: "No such box." },
        500: { description: "It failed." },
      },
    },
  });
});

test("a body that operations share gets the words of the operation", () => {
  const given = document(
    { requestBody: { $ref: "#/components/requestBodies/Box" } },
    { requestBodies: { Box: { content: {} } } },
  );
  applyDocs(given, { ...none, operations: { BoxList: { body: "A box." } } });
  expect(given.components?.requestBodies).toEqual({ Box: { content: {}, description: "A box." } });
});

test("a schema gets its words, and each of its fields, at any depth", () => {
  const text = () => ({ type: "string" });
  const of = (properties: object) => ({ type: "object", properties });
  const schemas = {
    Box: {
      allOf: [{ $ref: "#/components/schemas/Other" }, of({ Name: text(), Lid: of({ State: text() }) })],
    },
    Map: of({
      Values: { additionalProperties: of({ One: text() }) },
      List: { items: of({ "os.version": text() }) },
    }),
  };
  const given = documentOf({}, { schemas });
  const missing = applyDocs(given, {
    ...none,
    schemas: {
      Box: { description: "A box.", fields: { Name: "Name.", Lid: "Lid.", "Lid.State": "Its state." } },
      Map: {
        description: "A map.",
        fields: { Values: "Values.", "Values.One": "One.", List: "List.", "List.os.version": "Version." },
      },
    },
  });
  expect(missing).toEqual([]);
  const said: string[] = [];
  for (const schema of Object.values(given.components?.schemas ?? {}))
    eachField(schema, "", (path, { description }) => said.push(`${path}: ${description}`));
  expect(said).toEqual([
    "Name: Name.",
    "Lid: Lid.",
    "Lid.State: Its state.",
    "Values: Values.",
    "Values.One: One.",
    "List: List.",
    "List.os.version: Version.",
  ]);
});

test("what has no words is listed, and filled in where OpenAPI requires words", () => {
  const given = document(
    { requestBody: { content: {} } },
    { schemas: { Box: { type: "object", properties: { Name: {} } } } },
  );
  expect(applyDocs(given, none)).toEqual([
    "the operation BoxList",
    "the example of BoxList",
    "the parameter label of BoxList",
    "the body of BoxList",
    "the status 200 of BoxList",
    "the schema Box",
    "the field Name of Box",
  ]);
  expect(given.paths?.["/boxes"]).toMatchObject({
    post: { summary: "POST /boxes", responses: { 200: { description: "OK" } } },
  });
});

test.each([
  { given: "a list", text: "[a]", want: "a.yaml: expected a map of operations, schemas, statuses." },
  { given: "an unknown key", text: "schema: {}", want: 'a.yaml: unknown key "schema"' },
  {
    given: "an unknown key of an operation",
    text: "operations: { A: { words: x } }",
    want: 'A has the unknown key "words"',
  },
  {
    given: "a schema that is text",
    text: "schemas: { A: x }",
    want: "A is not a map of description, fields.",
  },
  {
    given: "a summary that is not a string",
    text: "operations: { A: { summary: 1 } }",
    want: "summary of A is not text.",
  },
  {
    given: "a sentence that a comma splits",
    text: "schemas: { A: { fields: { B: One, two. } } }",
    want: "two. of A fields is not text; quote words that hold a comma.",
  },
  { given: "no YAML", text: "a: [", want: "a.yaml is not YAML" },
])("a file is refused for $given", ({ text, want }) => {
  expect(() => readDocs(text, "a.yaml")).toThrow(SpecError);
  expect(() => readDocs(text, "a.yaml")).toThrow(want);
});

test("two files must not describe the same thing", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "spec", "docs"), { recursive: true });
  for (const file of ["a.yaml", "b.yaml"])
    writeFileSync(join(root, "spec", "docs", file), "schemas: { Box: { description: A box. } }");
  await expect(loadDocs({ root })).rejects.toThrow("b.yaml describes Box, which another file does already.");
});

describe("spec/docs", () => {
  test("describes nothing that no published version has", async () => {
    const docs = await loadDocs({ root: repository });
    const known = new Set<string>();
    for (const document of published) {
      for (const { operation } of operationsOf(document)) {
        const id = operation.operationId;
        known.add(`${id}`);
        for (const parameter of operation.parameters ?? [])
          known.add(`${id}(${(parameter as { name: string }).name})`);
        if (operation.requestBody) known.add(`${id}(body)`);
        for (const status of Object.keys(operation.responses ?? {})) known.add(`${id} ${status}`).add(status);
      }
      for (const place of placesOf(document)) known.add(place);
    }
    const said = [
      ...Object.entries(docs.operations).flatMap(([id, { parameters = {}, body, statuses = {} }]) => [
        id,
        ...Object.keys(parameters).map((name) => `${id}(${name})`),
        ...(body ? [`${id}(body)`] : []),
        ...Object.keys(statuses).map((status) => `${id} ${status}`),
      ]),
      ...Object.entries(docs.schemas).flatMap(([name, { fields = {} }]) => [
        name,
        ...Object.keys(fields).map((path) => `${name}.${path}`),
      ]),
      ...Object.keys(docs.statuses),
    ];
    expect(said.length).toBeGreaterThan(1500);
    expect(said.filter((place) => !known.has(place))).toEqual([]);
  });

  test("every operation, parameter, body, status, schema and field of openapi.json has words", () => {
    for (const document of published) {
      const missing: unknown[] = [];
      for (const { operation } of operationsOf(document)) {
        const said = [
          ...(operation.parameters ?? []),
          ...Object.values(operation.responses ?? {}),
        ] as object[];
        for (const place of said) if (!("description" in place)) missing.push([operation.operationId, place]);
        if (!operation.summary || !operation["x-codeSamples"]) missing.push(operation.operationId);
      }
      for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
        if (!isObject(schema) || !schema.description) missing.push(name);
        eachField(schema, "", (path, { description }) => {
          if (!description) missing.push(`${name}.${path}`);
        });
      }
      expect(missing).toEqual([]);
    }
  });
});
