import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { correct, loadCorrections } from "../../../scripts/spec/correct/correct.js";
import { lint } from "../../../scripts/spec/correct/lint.js";
import { type Change, worst } from "../../../scripts/spec/diff/change.js";
import { diffDocuments } from "../../../scripts/spec/diff/compare-documents.js";
import { diffCommand, EXIT_CODES } from "../../../scripts/spec/diff/diff.js";
import { emit } from "../../../scripts/spec/emit/emit-all.js";
import { refuseUndocumented } from "../../../scripts/spec/emit/generate.js";
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

/** The openapi.json that is committed for a version, if one is. */
function committedFile(api: string): string | undefined {
  const file = join(repository, "generated", api === "1.48" ? "" : `v${api}`, "openapi.json");
  return existsSync(file) ? file : undefined;
}

const has = (changes: readonly Change[], place: string): string[] =>
  changes
    .filter((change) => change.place === place)
    .map(({ level, subject, action, detail }) => `${level} ${subject} ${action}: ${detail}`);

if (versions.every(isAtHand)) {
  const documents = new Map<string, OpenApi>();
  const openApi = (api: string): OpenApi => documents.get(api) as OpenApi;

  beforeAll(async () => {
    const corrections = await loadCorrections(workspace);
    for (const api of versions) {
      const swagger = await loadDescription(workspace, api, source);
      if (!swagger) throw new Error(`spec/upstream/v${api}.yaml is gone`);
      const { document, undocumented } = await correct(swagger, corrections);
      if (committedFile(api)) refuseUndocumented(api, undocumented);
      documents.set(api, document);
    }
  });

  // That openapi.json gives the other files is what `check` is tested for, in command-line.test.ts.
  test.each(versions.filter(committedFile))("API %s is corrected to what is committed", (api) => {
    const committed = readFileSync(committedFile(api) as string, "utf8");
    expect(`${JSON.stringify(openApi(api), null, 2)}\n`).toBe(committed);
  });

  test.each(versions.filter((api) => !committedFile(api)))("API %s generates", async (api) => {
    await lint(workspace, openApi(api));
    const outputs = await emit(openApi(api));
    expect(JSON.parse(outputs.get("openapi.json") ?? "")).toMatchObject({ info: { version: api } });
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
