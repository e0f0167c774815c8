import { parse } from "yaml";
import { applyEdits, lineEdits } from "../../../../scripts/spec/upstream/line-edits.js";

const TEXT = `# A page of boxes.
definitions:
  Box:
    type: "object"
    required: [Name, Lid] # as they come
    properties:
      Name:
        description: |
          What people call it.

          Two lines of it.
        type: "string"
        example: "mine"
      # The lid may be missing.
      Lid:
        type: 'string'
        enum:
          - "open"
          - "closed"

paths:
  /boxes:
    get:
      operationId: "BoxList"
      responses:
        200:
          description: "fine"
        500:
          description: "bad"
      parameters:
        - name: "all"
          in: "query"
          type: "boolean"
        - name: "none"
          in: "query"
          type: "string"
      tags: ["Box"]
`;

/** The lines that a change of the parsed text takes away and adds. */
function changes(change: (value: Value) => void): string[] {
  const value = parse(TEXT) as Value;
  change(value);
  const edited = applyEdits(TEXT, lineEdits(TEXT, value, "boxes.yaml"));
  expect(parse(edited)).toEqual(value);
  const [before, after] = [TEXT.split("\n"), edited.split("\n")];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: the tests change it in every place.
type Value = any;

test.each<[string, (value: Value) => void, string[]]>([
  [
    "a scalar keeps its line",
    ({ definitions }) => {
      definitions.Box.properties.Lid.type = "integer";
    },
    ["-        type: 'string'", '+        type: "integer"'],
  ],
  [
    "a field goes where its kind stands",
    ({ definitions }) => {
      definitions.Box.properties.Name["x-nullable"] = true;
    },
    ["+        x-nullable: true"],
  ],
  [
    "a list in brackets stays one, with its comment",
    ({ definitions }) => {
      definitions.Box.required = ["Name", "Key"];
    },
    ["-    required: [Name, Lid] # as they come", '+    required: [Name, "Key"] # as they come'],
  ],
  [
    "a field is removed with all its lines",
    ({ definitions }) => {
      delete definitions.Box.properties.Name.description;
    },
    ["-        description: |", "-          What people call it.", "-          Two lines of it."],
  ],
  [
    "an item is added to a list",
    ({ definitions }) => {
      definitions.Box.properties.Lid.enum.push("");
    },
    ['+          - ""'],
  ],
  [
    "a parameter is removed, and another one is changed",
    ({ paths }) => {
      paths["/boxes"].get.parameters.splice(0, 1);
      paths["/boxes"].get.parameters[0].type = "integer";
    },
    [
      '-        - name: "all"',
      '-          type: "boolean"',
      '-          type: "string"',
      '+          type: "integer"',
    ],
  ],
  [
    "statuses are in order, and unquoted",
    ({ paths }) => {
      paths["/boxes"].get.responses["404"] = { description: "none" };
      paths["/boxes"].get.responses["101"] = { description: "switching" };
    },
    [
      "+        101:",
      '+          description: "switching"',
      "+        404:",
      '+          description: "none"',
    ],
  ],
])("%s", (_, change, lines) => {
  expect(changes(change)).toEqual(lines);
});

test("statuses come in order", () => {
  const value = parse(TEXT) as Value;
  value.paths["/boxes"].get.responses["404"] = { description: "none" };
  value.paths["/boxes"].get.responses["101"] = { description: "switching" };
  const edited = applyEdits(TEXT, lineEdits(TEXT, value, "boxes.yaml"));
  expect(edited.match(/^ {8}\d+:/gm)).toEqual([
    "        101:",
    "        200:",
    "        404:",
    "        500:",
  ]);
});

test("what cannot be edited in its lines is refused, with its place", () => {
  const text = 'boxes:\n  - { name: "a", in: "b" }\n  -\n    - "x"\n';
  expect(() => lineEdits(text, { boxes: [{ name: "a", in: "b" }] }, "boxes.yaml")).toThrow(
    "boxes.yaml:4: the item of a list does not begin on the line of its dash.",
  );
});
