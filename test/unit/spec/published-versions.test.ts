import { existsSync } from "node:fs";
import { join } from "node:path";
import { correct, loadCorrections } from "../../../scripts/spec/correct/correct.js";
import { lint } from "../../../scripts/spec/correct/lint.js";
import { type Change, worst } from "../../../scripts/spec/diff/change.js";
import { diffDocuments } from "../../../scripts/spec/diff/compare-documents.js";
import { diffCommand, EXIT_CODES } from "../../../scripts/spec/diff/diff.js";
import { emit, readModel } from "../../../scripts/spec/emit/emit-all.js";
import type { OpenApi } from "../../../scripts/spec/openapi.js";
import { loadDescription } from "../../../scripts/spec/pull/description.js";
import { upstreamFile } from "../../../scripts/spec/workspace.js";
import { committed } from "./places.js";
import { repository } from "./small-workspace.js";

jest.setTimeout(120_000);
const workspace = { root: repository };
const shared = join(repository, "..", "shared", "spec");
const source = existsSync(shared) ? shared : undefined;

const has = (changes: readonly Change[], place: string): string[] =>
  changes
    .filter((change) => change.place === place)
    .map(({ level, subject, action, detail }) => `${level} ${subject} ${action}: ${detail}`);

// A version that the package does not offer, where its description is at hand: pulled, or in ../shared.
if (source !== undefined || existsSync(upstreamFile(workspace, "1.47"))) {
  let oldest: OpenApi;

  beforeAll(async () => {
    const swagger = await loadDescription(workspace, "1.47", source);
    if (!swagger) throw new Error("spec/upstream/v1.47.yaml is gone");
    oldest = (await correct(swagger, await loadCorrections(workspace))).document;
  });

  test("API 1.47 generates", async () => {
    await lint(workspace, oldest);
    const outputs = emit(await readModel(oldest));
    expect(JSON.parse(outputs.get("openapi.json") ?? "")).toMatchObject({ info: { version: "1.47" } });
  });

  test("1.48 brought the platform of an export, and moved what it moved", () => {
    const changes = diffDocuments(oldest, committed(""));
    expect(has(changes, "ImageGet(platform)")).toEqual(["minor parameter added: query, optional"]);
    // Its method takes one in every version.
    expect(has(changes, "ImageGet")).toEqual([]);
    expect(has(changes, "MountType")).toEqual(['minor enum added: "image"']);
    expect(has(changes, "IdResponse")).toEqual(["major type removed: "]);
    expect(worst(changes)).toBe("major");
  });
}

test("1.51 brought platforms to inspect and delete, and took the configuration's empty fields away", () => {
  const changes = diffDocuments(committed(""), committed("v1.51"));
  expect(has(changes, "ImageInspect(platform)")).toEqual(["minor parameter added: query, optional"]);
  expect(has(changes, "ImageDelete(platforms)")).toEqual(["minor parameter added: query, optional"]);
  expect(has(changes, "SystemInfo.FirewallBackend")).toEqual(["minor field added: optional"]);
  expect(has(changes, "ImageConfig.Hostname")).toEqual(["major field removed: was optional"]);
});

describe("the command diff, from what is committed,", () => {
  const written: string[] = [];
  beforeEach(() => {
    written.length = 0;
    jest.spyOn(console, "log").mockImplementation((text: string) => void written.push(text));
  });
  afterEach(() => {
    process.exitCode = 0;
  });

  test("exits by what it finds", async () => {
    await diffCommand(workspace, "1.48", "1.51", "json", undefined);
    expect(process.exitCode).toBe(EXIT_CODES.major);
    expect(JSON.parse(written.join())).toMatchObject({ from: "1.48", to: "1.51", semver: "major" });
    await diffCommand(workspace, "1.48", "1.48", "text", undefined);
    expect(process.exitCode).toBe(0);
  });

  test.each([
    {
      given: "a format there is not",
      to: "1.51",
      format: "html",
      want: '"html" is not a format; choose one of text',
    },
    {
      given: "a version there is not",
      to: "1.2",
      format: "text",
      want: "API 1.2 is neither in spec/upstream/ nor in generated/. Fetch it with",
    },
  ])("refuses $given", async ({ to, format, want }) => {
    await expect(diffCommand(workspace, "1.48", to, format, undefined)).rejects.toThrow(want);
  });
});
