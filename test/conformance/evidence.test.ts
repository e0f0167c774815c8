import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Description } from "./description.js";
import { Evidence } from "./evidence.js";
import type { Exchange } from "./exchange.js";

const box = {
  type: "object",
  properties: {
    Name: { type: "string" },
    Lid: { type: "object", properties: { Color: { type: "string" } } },
    Labels: { type: "object", additionalProperties: { type: "string" } },
    Never: { type: "string" },
  },
};
const description: Description = {
  paths: {
    "/boxes": {
      get: {
        operationId: "BoxList",
        "x-response-kind": "json",
        responses: {
          "200": {
            content: {
              "application/json": { schema: { type: "array", items: { $ref: "#/components/schemas/Box" } } },
            },
          },
        },
      },
    },
  },
  components: { schemas: { Box: box } },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "evidence-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const listed = (body: unknown, given: Partial<Exchange> = {}): Exchange => ({
  engine: "containerd",
  operation: "BoxList",
  status: 200,
  mediaType: "application/json",
  body: JSON.stringify(body),
  whole: true,
  test: "a test",
  ...given,
});

function written(engine: string, ...exchanges: Exchange[]): unknown[] {
  const evidence = new Evidence(description);
  for (const exchange of exchanges) evidence.add(exchange, engine);
  const file = join(folder, "evidence.jsonl");
  evidence.write(file);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const answer = {
  engine: "28.5.2 containerd",
  operation: "BoxList",
  status: 200,
  mediaType: "application/json",
};

test("keeps the types of fields, the keys of maps as one, and no value", () => {
  const answers = written(
    "28.5.2 containerd",
    listed([
      { Name: "a", Labels: { secret: "b" } },
      { Name: null, Lid: { Color: "red" } },
    ]),
  );
  expect(answers).toEqual([
    {
      ...answer,
      fields: {
        "": "array",
        "[]": "object",
        "[]/Labels": "absent object",
        "[]/Labels/*": "string",
        "[]/Lid": "absent object",
        "[]/Lid/Color": "string",
        "[]/Name": "null string",
      },
    },
  ]);
});

test("adds to what a file has", () => {
  written("28.5.2 containerd", listed([{ Name: "a" }]));
  const answers = written("28.5.2 containerd", listed([{}]), listed(undefined, { status: 400 }));
  expect(answers).toEqual([
    { ...answer, fields: { "": "array", "[]": "object", "[]/Name": "absent string" } },
    { ...answer, status: 400, fields: {} },
  ]);
});

test.each(["new", "old"])("a version that is too %s says nothing about the operation", (age) => {
  const message = `client version 1.48 is too ${age}. The other limit of supported API versions is 1.45`;
  const answers = written(
    "26.1.5 overlay2",
    listed({ message }, { status: 400 }),
    listed(undefined, { status: 400, body: "" }),
    listed([]),
    listed({ message: "invalid filter" }, { status: 400, mediaType: "text/plain" }),
  );
  expect(answers).toEqual([
    { ...answer, engine: "26.1.5 overlay2", fields: { "": "array" } },
    { ...answer, engine: "26.1.5 overlay2", status: 400, mediaType: "text/plain", fields: {} },
  ]);
});
