import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emitFile, emitMessages } from "../../../../scripts/spec/emit/buildkit-messages.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { repository, temporaryFolder } from "../small-workspace.js";

const emitted = (body: string): string => emitFile("a.proto", `syntax = "proto3"; package boxes; ${body}`);

test("this repository's files give what generated/ holds", async () => {
  const outputs = await emitMessages({ root: repository });
  expect([...outputs.keys()]).toEqual(["buildkit/filesync.ts", "buildkit/session.ts", "buildkit/trace.ts"]);
  for (const [path, text] of outputs) {
    expect(text).toBe(readFileSync(join(repository, "generated", path), "utf8"));
  }
});

test("a workspace without such files gives nothing", async () => {
  expect((await emitMessages({ root: temporaryFolder() })).size).toBe(0);
});

test("a folder that cannot be read is an error, not an empty one", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "spec"));
  writeFileSync(join(root, "spec", "buildkit"), "a file");
  await expect(emitMessages({ root })).rejects.toThrow("ENOTDIR");
});

test("a file other than .proto is left alone", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "spec", "buildkit"), { recursive: true });
  writeFileSync(join(root, "spec", "buildkit", "README.md"), "words");
  expect((await emitMessages({ root })).size).toBe(0);
});

test("a message within another has the name of both", () => {
  const text = emitted("message Box { Lid lid = 1; message Lid { Kind kind = 2; enum Kind { FLAT = 0; } } }");
  expect(text).toContain("export interface BoxLid {\n  kind: number;\n}");
  expect(text).toContain("  lid?: BoxLid | undefined;\n");
  expect(text).toContain("export const BoxLidKind = {\n  FLAT: 0,\n} as const;");
});

test.each([
  {
    what: "a map",
    body: "message Box { map<string, string> labels = 1; }",
    says: "the field labels cannot be emitted",
  },
  {
    what: "repeated numbers",
    body: "message Box { repeated int64 sizes = 1; }",
    says: "the field sizes cannot be emitted",
  },
  {
    what: "a fraction",
    body: "message Box { double weight = 1; }",
    says: "fields of the type double cannot be emitted",
  },
  {
    what: "a service",
    body: "message Box {} service Store { rpc Put(Box) returns (Box); }",
    says: "Store is neither a message nor an enumeration",
  },
  { what: "an unknown type", body: "message Box { Lid lid = 1; }", says: "Lid" },
  { what: "text that is not a proto", body: "message {", says: "illegal" },
])("$what is refused, with the file", ({ body, says }) => {
  expect(() => emitted(body)).toThrow(SpecError);
  expect(() => emitted(body)).toThrow(/^spec\/buildkit\/a\.proto: /);
  expect(() => emitted(body)).toThrow(says);
});
