import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadCorrections } from "../../../scripts/spec/correct/correct.js";
import { type Change, worst } from "../../../scripts/spec/diff/change.js";
import { diffDocuments } from "../../../scripts/spec/diff/compare-documents.js";
import { diffCommand, EXIT_CODES } from "../../../scripts/spec/diff/diff.js";
import { generate, refuseUndocumented } from "../../../scripts/spec/emit/generate.js";
import type { OpenApi } from "../../../scripts/spec/openapi.js";
import { loadDescription } from "../../../scripts/spec/pull/description.js";
import { upstreamFile } from "../../../scripts/spec/workspace.js";
import { repository } from "./small-workspace.js";

// The whole way of the published descriptions, 1.47 to 1.48 to 1.51, where they are at hand: pulled, or in ../shared.
jest.setTimeout(120_000);
const workspace = { root: repository };
const shared = join(repository, "..", "shared", "spec");
const versions = ["1.47", "1.48", "1.51"];
const source = existsSync(shared) ? shared : undefined;
const isAtHand = (api: string): boolean => source !== undefined || existsSync(upstreamFile(workspace, api));

const has = (changes: readonly Change[], place: string): string[] =>
  changes
    .filter((change) => change.place === place)
    .map(({ level, subject, action, detail }) => `${level} ${subject} ${action}: ${detail}`);

if (versions.every(isAtHand)) {
  const outputs = new Map<string, ReadonlyMap<string, string>>();
  const openApi = (api: string): OpenApi => JSON.parse(outputs.get(api)?.get("openapi.json") ?? "");

  beforeAll(async () => {
    for (const api of versions) {
      const swagger = await loadDescription(workspace, api, source);
      if (!swagger) throw new Error(`spec/upstream/v${api}.yaml is gone`);
      const onUndocumented = api === "1.47" ? () => undefined : refuseUndocumented;
      const corrections = await loadCorrections(workspace);
      outputs.set(api, await generate(workspace, swagger, corrections, onUndocumented));
    }
  });

  test.each(versions)("API %s generates, and is what is committed if it is", (api) => {
    expect(openApi(api)).toMatchObject({ info: { version: api } });
    const folder = join(repository, "generated", api === "1.48" ? "" : `v${api}`);
    if (!existsSync(folder)) return;
    for (const [name, text] of outputs.get(api) ?? []) {
      expect(readFileSync(join(folder, name), "utf8")).toBe(text);
    }
  });

  test("1.48 brought the platform of an export, and moved what it moved", () => {
    const changes = diffDocuments(openApi("1.47"), openApi("1.48"));
    expect(has(changes, "ImageGet(platform)")).toEqual(["minor parameter added: query, optional"]);
    expect(has(changes, "ImageGet")).toEqual([
      "major operation changed: its own arguments are (platform) now, were ()",
    ]);
    expect(has(changes, "MountType")).toEqual(['minor enum added: "image"']);
    expect(has(changes, "IdResponse")).toEqual(["major type removed: "]);
    expect(worst(changes)).toBe("major");
  });

  test("1.51 brought platforms to inspect and delete, and took the configuration's empty fields away", () => {
    const changes = diffDocuments(openApi("1.48"), openApi("1.51"));
    expect(has(changes, "ImageInspect(platform)")).toEqual(["minor parameter added: query, optional"]);
    expect(has(changes, "ImageDelete(platforms)")).toEqual(["minor parameter added: query, optional"]);
    expect(has(changes, "SystemInfo.FirewallBackend")).toEqual(["minor field added: optional"]);
    expect(has(changes, "ImageConfig.Hostname")).toEqual(["major field removed: was optional"]);
  });
}

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
      want: '"html" is no format; state one of text',
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
