import { correct, loadCorrections } from "../../../../scripts/spec/correct/correct.js";
import { lint } from "../../../../scripts/spec/correct/lint.js";
import { readOverlay } from "../../../../scripts/spec/correct/overlay.js";
import { emit, readModel } from "../../../../scripts/spec/emit/emit-all.js";
import { refuseUndocumented } from "../../../../scripts/spec/emit/generate.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { smallSwagger, smallWorkspace } from "../small-workspace.js";

// Redocly starts a process of its own.
jest.setTimeout(60_000);

test("gives the same bytes for the same input, without touching what it was given", async () => {
  const workspace = smallWorkspace();
  const swagger = smallSwagger();
  const corrections = await loadCorrections(workspace);
  const generate = async () => emit(await readModel((await correct(swagger, corrections)).document));
  const first = await generate();
  const second = await generate();
  expect([...first]).toEqual([...second]);
  expect(swagger).toEqual(smallSwagger());
  expect([...first.keys()]).toEqual([
    "README.md",
    "openapi.json",
    "schema.ts",
    "options.ts",
    "operations.ts",
    "operation-types.ts",
    "client.ts",
  ]);
  expect(first.get("client.ts")).toContain("  boxExport(name: string, ");
});

test("stops at an error that Redocly finds, naming its rule and line and where to correct it", async () => {
  const workspace = smallWorkspace();
  const corrections = await loadCorrections(workspace);
  const dangling = `
overlay: 1.0.0
actions:
  - target: $.components.schemas.Box.properties.Parent
    description: breaks it
    x-matches: 1
    update: { $ref: "#/components/schemas/Crate" }`;
  const overlays = new Map(corrections.overlays).set("z.yaml", readOverlay(dangling, "z.yaml"));
  const { document } = await correct(smallSwagger(), { ...corrections, overlays });
  const failure = await lint(workspace, document).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  const { message } = failure as SpecError;
  expect(message).toContain("refuses the corrected description. Correct it in spec/overlays:\n");
  expect(message).toContain("no-unresolved-refs");
  const line =
    JSON.stringify(document, null, 2)
      .split("\n")
      .findIndex((text) => text.includes('"Parent": {')) + 1;
  expect(message).toMatch(new RegExp(`^ +openapi\\.json:${line}:`, "m"));
});

test("a published version must be described completely, place by place", () => {
  expect(() => refuseUndocumented("9.9", [])).not.toThrow();
  const places = Array.from({ length: 22 }, (_, index) => `the field F${index} of Box`);
  expect(() => refuseUndocumented("9.9", places)).toThrow(
    /^spec\/docs has no words for 22 places of API 9\.9: the field F0 of Box, .* and 2 more\. Describe them in our own words\.$/,
  );
});
