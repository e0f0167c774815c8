import { isObject } from "../openapi.js";
import { parseYaml } from "../parse-yaml.js";
import { readIfPresent } from "../read-if-present.js";
import { SpecError } from "../spec-error.js";
import { severityFile, type Workspace } from "../workspace.js";
import { type Change, type Level, levels } from "./change.js";

/** Levels of our own by rule; "ignore" leaves a kind of change out of reports. */
export type Severity = Readonly<Record<string, Level | "ignore">>;

const suffixed = (prefix: string, rules: readonly string[]): string[] =>
  rules.map((rule) => `${prefix}-${rule}`);

const ON_TYPES = [
  ...suffixed("field", [
    "added",
    "added-required",
    "removed",
    "became-required",
    "became-optional",
    "became-nullable",
    "became-not-nullable",
    "type-narrowed",
    "type-widened",
    "type-changed",
    "bytes-changed",
    "alternatives-changed",
    "keys-opened",
    "keys-closed",
    "default-changed",
    "limits-changed",
    "deprecated",
    "undeprecated",
  ]),
  ...suffixed("enum", ["added", "removed"]),
];

/** The names of all kinds of changes. They stay as they are: scripts and spec/severity.yaml refer to them. */
export const RULES: readonly string[] = [
  ...suffixed("operation", [
    "added",
    "removed",
    "renamed",
    "moved",
    "path-parameters-changed",
    "kind-changed",
    "arguments-changed",
    "request-argument-moved",
    "deprecated",
    "undeprecated",
  ]),
  ...suffixed("parameter", [
    "added",
    "added-required",
    "removed",
    "became-required",
    "became-optional",
    "deprecated",
  ]),
  ...suffixed("request-body", [
    "added",
    "added-required",
    "removed",
    "became-required",
    "became-optional",
    "media-type-changed",
  ]),
  ...suffixed("response-body", ["added", "removed"]),
  ...suffixed("response-header", ["added", "removed"]),
  ...suffixed("status", ["added", "added-to-union", "removed"]),
  ...suffixed("type", ["added", "removed"]),
  ...["request", "response", "shared"].flatMap((place) => suffixed(place, ON_TYPES)),
];

/** Reads spec/severity.yaml. Without the file, nothing is overridden. */
export async function loadSeverity(workspace: Workspace): Promise<Severity> {
  const file = severityFile(workspace);
  const text = await readIfPresent(file);
  const stated = parseYaml(text, file) ?? {};
  if (!isObject(stated)) throw new SpecError(`${file} must map rules to levels.`);
  for (const [rule, level] of Object.entries(stated)) {
    if (!RULES.includes(rule)) throw new SpecError(`${file}: there is no rule "${rule}".`);
    if (level !== "ignore" && !levels.includes(level as Level)) {
      throw new SpecError(
        `${file}: ${rule} has the level ${JSON.stringify(level)}; state ${levels.join(", ")} or ignore.`,
      );
    }
  }
  return stated as Severity;
}

/** Changes with the levels that we give them. */
export const judged = (changes: readonly Change[], severity: Severity): Change[] =>
  changes.flatMap((change) => {
    const level = severity[change.rule] ?? change.level;
    return level === "ignore" ? [] : [{ ...change, level }];
  });
