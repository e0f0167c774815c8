import { readFile } from "node:fs/promises";
import { byAge } from "../api-versions.js";
import type { OpenApi } from "../openapi.js";
import { parseYaml } from "../parse-yaml.js";
import { SpecError } from "../spec-error.js";
import { notesFile, type Workspace } from "../workspace.js";
import { type Change, type Level, worst } from "./change.js";
import { diffDocuments } from "./compare-documents.js";
import { sorted } from "./report.js";
import { judged, loadSeverity, type Severity } from "./severity.js";

const HEAD = `<!-- Written by \`npm run spec -- generate\`. Do not edit: change scripts/spec/diff or spec/versions.yaml instead. -->

# API versions

Each entry of the package is the same client with the types and paths of one API version. An Engine speaks every version
from its oldest to its newest. With an entry newer than the Engine, calls use the Engine's version, and options that it
would ignore are refused. Entries share every type that does not differ, so a value of one entry fits the other.
`;

/** What each version breaks and adds for users of the SDK, compared with the one before: docs/versions.md. */
export async function writeVersionsPage(
  workspace: Workspace,
  documents: readonly OpenApi[],
  home: string,
): Promise<string> {
  const severity = await loadSeverity(workspace);
  const notes = await loadNotes(workspace);
  const ordered = documents.toSorted((a, b) => byAge(a.info.version, b.info.version));
  const apis = ordered.map(({ info }) => info.version);
  const rows = apis.map((api) => `| ${api} | \`${entryOf(api, home)}\` | ${notes[api] ?? ""} |`);
  const table = `| API | entry | |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  const sections = ordered
    .slice(1)
    .map((after, index) => section(ordered[index] as OpenApi, after, severity));
  return [HEAD, table, ...sections.toReversed()].join("\n");
}

const entryOf = (api: string, home: string): string => `docker-engine-sdk${api === home ? "" : `/v${api}`}`;

async function loadNotes(workspace: Workspace): Promise<Readonly<Record<string, string>>> {
  const file = notesFile(workspace);
  const notes = parseYaml(await readFile(file, "utf8").catch(() => "{}"), file);
  if (typeof notes === "object" && notes !== null) return notes as Record<string, string>;
  throw new SpecError(`${file} must map API versions to a sentence.`);
}

const TITLES: readonly [Level, string][] = [
  ["major", "Breaks"],
  ["minor", "Adds"],
  ["patch", "Also changes"],
];

function section(before: OpenApi, after: OpenApi, severity: Severity): string {
  const changes = judged(diffDocuments(before, after), severity);
  const [from, to] = [before.info.version, after.info.version];
  const parts = TITLES.flatMap(([level, title]) => {
    const some = changes.filter((change) => change.level === level);
    return some.length > 0 ? [`### ${to} ${title.toLowerCase()}\n\n${list(some)}\n`] : [];
  });
  const verdict = `Moving code from ${from} to ${to} is a ${worst(changes)} change.\n`;
  return [`## ${from} to ${to}\n`, verdict, ...parts].join("\n");
}

/** A line per rule, with all places it applies to. */
function list(changes: readonly Change[]): string {
  const byRule = new Map<string, string[]>();
  for (const { rule, action, place, detail } of sorted(changes)) {
    const places = byRule.get(rule) ?? [];
    places.push(action === "changed" && detail ? `\`${place}\` (${detail})` : `\`${place}\``);
    byRule.set(rule, places);
  }
  return [...byRule].map(([rule, places]) => `- ${rule}: ${places.join(", ")}`).join("\n");
}
