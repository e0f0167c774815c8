import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "../../../../scripts/spec/diff/change.js";
import { diffDocuments } from "../../../../scripts/spec/diff/compare-documents.js";
import { judged, loadSeverity, RULES } from "../../../../scripts/spec/diff/severity.js";
import { published } from "../places.js";
import { repository, temporaryFolder } from "../small-workspace.js";

const change = (rule: string): Change => ({
  rule,
  level: "major",
  subject: "type",
  action: "removed",
  place: "Box",
  detail: "",
});

const load = (text: string) => {
  const root = temporaryFolder();
  mkdirSync(join(root, "spec"));
  writeFileSync(join(root, "spec", "severity.yaml"), text);
  return loadSeverity({ root });
};

test("gives rules another level, or leaves them out", async () => {
  const severity = await load("type-removed: minor\ntype-added: patch\n");
  const levels = judged([change("type-removed"), change("status-removed")], severity).map(
    ({ level }) => level,
  );
  expect(levels).toEqual(["minor", "major"]);
  expect(judged([change("type-removed")], await load("type-removed: ignore"))).toEqual([]);
});

test("without a file, levels are what they are", async () => {
  expect(await loadSeverity({ root: temporaryFolder() })).toEqual({});
});

test("a file that cannot be read is not taken for a missing one", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "spec", "severity.yaml"), { recursive: true });
  await expect(loadSeverity({ root })).rejects.toThrow("EISDIR");
});

test.each([
  { given: "type-gone: minor", want: 'there is no rule "type-gone"' },
  {
    given: "type-removed: grave",
    want: 'type-removed has the level "grave"; state patch, minor, major or ignore',
  },
  { given: "- type-removed", want: "must map rules to levels" },
])("refuses $given", async ({ given, want }) => {
  await expect(load(given)).rejects.toThrow(want);
});

test("every rule has a name in the list, and no other is listed", () => {
  const folder = join(repository, "scripts", "spec", "diff");
  const source = readdirSync(folder)
    .filter((name) => name.startsWith("compare-"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const ending = (rule: string): string =>
    rule.replace(/^(operation|parameter|request-body|status|(request|response|shared)-(field|enum))-/, "");
  const isUsed = (rule: string): boolean =>
    source.includes(`"${rule}"`) || source.includes(`"${ending(rule)}"`);
  const templated = ["response-body-", "response-header-", "enum-"];
  expect(RULES.filter((rule) => !isUsed(rule) && !templated.some((part) => rule.includes(part)))).toEqual([]);
  const found = published
    .slice(1)
    .flatMap((document, index) => diffDocuments(published[index] as never, document));
  expect(found.length).toBeGreaterThan(100);
  expect(found.map(({ rule }) => rule).filter((rule) => !RULES.includes(rule))).toEqual([]);
});
