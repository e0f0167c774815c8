import type { Path } from "../correct/apply-overlay.js";
import type { Swagger } from "../pull/description.js";
import type { Collected } from "./collect.js";
import { operationsOf, tagOf } from "./definitions.js";
import type { Evidence } from "./evidence.js";
import { type Hunk, hunksOf, unifiedDiff } from "./hunks.js";
import type { LineEdit } from "./line-edits.js";
import { valueAt } from "./swagger-changes.js";
import type { Left, Told } from "./told.js";

/** A patch of a description: what is corrected of a tag's operations and their schemas in one respect. */
export interface Patch {
  readonly title: string;
  readonly corrections: readonly Told[];
  /** A message and a unified diff. */
  readonly text: string;
}

/** Where the patches of a description apply, and what they are of. */
export interface Target {
  /** The file in the repository that the patches are for. */
  readonly file: string;
  /** The published text. */
  readonly text: string;
  readonly swagger: Swagger;
}

/**
 * The edits of a description as patches, each of which applies on its own. Edits too close to each other to be told apart
 * by the lines around them are in one patch, that of the first correction.
 */
export function patchesOf(
  { file, text, swagger }: Target,
  edits: readonly LineEdit[],
  told: readonly Told[],
  evidence: Evidence,
): Patch[] {
  const groups = new Map<string, { hunks: Hunk[]; corrections: Set<Told> }>();
  for (const hunk of hunksOf(text, edits)) {
    const corrections = told.filter((one) => hunk.edits.some((edit) => concerns(one, edit)));
    const [first] = corrections as [Told];
    const title = `${tagOf(swagger, first.paths[0] as Path)}: ${first.subject.toLowerCase()}`;
    const group = groups.get(title) ?? { hunks: [], corrections: new Set() };
    groups.set(title, group);
    group.hunks.push(hunk);
    for (const correction of corrections) group.corrections.add(correction);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([title, { hunks, corrections }]) => {
      const changed = hunks.flatMap(({ edits: these }) => these);
      const message = messageOf(`${file}: ${title}`, [...corrections], changed, swagger, evidence);
      return {
        title,
        corrections: [...corrections],
        text: `${message}\n---\n${unifiedDiff(file, text, hunks)}`,
      };
    });
}

/** Whether a correction is the reason of an edit, or one of the reasons. */
const concerns = ({ paths }: Told, { path }: LineEdit): boolean =>
  paths.some((changed) => isWithin(changed, path) || isWithin(path, changed));

const isWithin = (inner: Path, outer: Path): boolean =>
  outer.every((step, index) => String(step) === String(inner[index]));

function messageOf(
  subject: string,
  corrections: readonly Told[],
  edits: readonly LineEdit[],
  swagger: Swagger,
  evidence: Evidence,
): string {
  const all = corrections.flatMap(({ paths }) => paths);
  const paragraphs = new Map<string, Map<string, readonly string[]>>();
  for (const { why, paths } of corrections) {
    const places = paragraphs.get(why) ?? new Map<string, readonly string[]>();
    for (const path of paths) {
      const isHere = edits.some((edit) => isWithin(path, edit.path) || isWithin(edit.path, path));
      // What a correction adds may be corrected by another one.
      const isPart = all.some((other) => other.length < path.length && isWithin(path, other));
      if (isHere && !isPart) places.set(spokenPlace(swagger, path), evidence.at(path));
    }
    if (places.size > 0) paragraphs.set(why, places);
  }
  const body = [...paragraphs].map(([why, places]) =>
    [
      wrapped(why),
      ...[...places].flatMap(([place, seen]) => [`- ${place}`, ...seen.map((one) => `  Seen: ${one}.`)]),
    ].join("\n"),
  );
  return [subject, ...body, wrapped(CLOSING)].join("\n\n");
}

const CLOSING =
  '"Seen" lists what Engines answered to the tests of docker-engine-sdk, with their versions and image stores. What has ' +
  "no such line is as the Engine's Go types and handlers have it.";

const WIDTH = 72;

/** Text in lines as of a commit message. */
const wrapped = (text: string): string =>
  text.replace(new RegExp(`(?=\\S)(.{1,${WIDTH}})(?:\\s+|$)`, "g"), "$1\n").trimEnd();

/** A place of a description, in words. */
function spokenPlace(swagger: Swagger, path: Path): string {
  const [top, name, method, ...rest] = path;
  if (top !== "paths") return [name, method, ...rest].filter(isTelling).join(".");
  const operation = valueAt(swagger, ["paths", String(name), String(method)]) as { operationId?: string };
  return `${String(method).toUpperCase()} ${name} (${operation.operationId}): ${inOperation(swagger, path, rest)}`;
}

function inOperation(swagger: Swagger, path: Path, [part, index, ...rest]: Path): string {
  if (part !== "parameters" || index === undefined)
    return [part, index, ...rest].filter((one) => one !== undefined).join(".");
  const parameter = valueAt(swagger, path.slice(0, 5)) as { name?: string };
  return ["parameter", parameter?.name, ...rest].join(" ");
}

const isTelling = (step: string | number | undefined): boolean => step !== undefined && step !== "properties";

/** How a listing begins. */
export const HEADING = "# Patches of the description of API ";

/** Says which corrections went where, and which stay, for the one who sends the patches. */
export function listing(
  api: string,
  patches: ReadonlyMap<string, Patch>,
  { left, swagger }: Collected,
): string {
  const reasons = new Map<string, Left[]>();
  for (const one of left) reasons.set(one.reason, [...(reasons.get(one.reason) ?? []), one]);
  const operations = operationsOf(swagger).length;
  const rows = [...patches].map(([file, { corrections }]) => `| ${file} | ${corrections.length} |`);
  const stays = [...reasons].map(([reason, corrections]) => {
    const items = corrections.map(({ subject, why, target }) => `- ${subject}, \`${target}\`: ${why}`);
    return [reason, "", ...items].join("\n");
  });
  const page = [
    `${HEADING}${api}`,
    `${patches.size} patches of a description with ${operations} operations. Each applies on its own, and all in any order.`,
    ["| Patch | Corrections |", "| --- | --- |", ...rows].join("\n"),
    "## What stays here",
    ...stays,
  ];
  return `${page.join("\n\n")}\n`;
}

/** The files that a listing names. */
export const listedFiles = (page: string): ReadonlySet<string> =>
  new Set([...page.matchAll(/^\| (\d{4}-\S+\.patch) \| \d+ \|$/gm)].map(([, file]) => file as string));
