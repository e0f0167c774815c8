import { join } from "node:path";
import { lint } from "../../../../scripts/spec/correct/lint.js";
import type { OpenApi } from "../../../../scripts/spec/openapi.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { temporaryFolder } from "../small-workspace.js";

test("stops when redocly.yaml cannot be read, naming it", async () => {
  const document = { openapi: "3.1.1", info: { title: "t", version: "1" }, paths: {} } as OpenApi;
  const root = join(temporaryFolder(), "elsewhere");
  const failure = await lint({ root }, document).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  expect((failure as SpecError).message).toContain(`Redocly cannot read ${join(root, "redocly.yaml")}: `);
});
