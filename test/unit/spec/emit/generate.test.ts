import { correct } from "../../../../scripts/spec/correct/correct.js";
import { loadOverlays, readOverlay } from "../../../../scripts/spec/correct/overlay.js";
import { generate } from "../../../../scripts/spec/emit/generate.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { smallSwagger, smallWorkspace } from "../small-workspace.js";

// Redocly starts a process of its own.
jest.setTimeout(60_000);

test("gives the same bytes for the same input, without touching what it was given", async () => {
  const workspace = smallWorkspace();
  const swagger = smallSwagger();
  const overlays = await loadOverlays(workspace);
  const first = await generate(workspace, swagger, overlays);
  const second = await generate(workspace, swagger, overlays);
  expect([...first]).toEqual([...second]);
  expect(swagger).toEqual(smallSwagger());
  expect([...first.keys()]).toEqual(["README.md", "openapi.json", "schema.ts", "operations.ts", "client.ts"]);
  expect(first.get("client.ts")).toContain("  boxExport(name: string, ");
});

test("stops at an error that Redocly finds, naming its rule and line and where to correct it", async () => {
  const workspace = smallWorkspace();
  const overlays = await loadOverlays(workspace);
  const dangling = `
overlay: 1.0.0
actions:
  - target: $.components.schemas.Box.properties.Parent
    description: breaks it
    x-matches: 1
    update: { $ref: "#/components/schemas/Crate" }`;
  overlays.set("z.yaml", readOverlay(dangling, "z.yaml"));
  const failure = await generate(workspace, smallSwagger(), overlays).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  const { message } = failure as SpecError;
  expect(message).toContain("refuses the corrected description. Correct it in spec/overlays:\n");
  expect(message).toContain("no-unresolved-refs");
  const document = await correct(smallSwagger(), overlays);
  const line =
    JSON.stringify(document, null, 2)
      .split("\n")
      .findIndex((text) => text.includes('"Parent": {')) + 1;
  expect(message).toMatch(new RegExp(`^ +openapi\\.json:${line}:`, "m"));
});
