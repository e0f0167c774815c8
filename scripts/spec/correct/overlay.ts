import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ApiRange, isApiRange } from "../api-versions.js";
import { parseYaml } from "../parse-yaml.js";
import { SpecError } from "../spec-error.js";
import { overlayFolder, type Workspace } from "../workspace.js";

/**
 * An OpenAPI Overlay 1.0 document with extensions. An action is either a correction, with `x-matches`: the number of
 * places where the description is wrong, so that what upstream corrects or moves is noticed. Or it is a rule, with
 * `x-rule: true`: what is true of every place the target matches, however many, and whatever the description says.
 * `x-versions` limits an overlay or action to API versions; all by default. `x-ours` says why an overlay or action is of no use upstream.
 */
export interface Overlay {
  readonly overlay: "1.0.0";
  /** The version is the API version the overlay was written for. */
  readonly info: { readonly title: string; readonly version: string };
  readonly "x-versions"?: ApiRange;
  readonly "x-ours"?: string;
  readonly actions: readonly OverlayAction[];
}

export interface OverlayAction {
  /** JSONPath (RFC 9535) of the places to change. */
  readonly target: string;
  /** Why the description is wrong there. */
  readonly description: string;
  /** A correction's number of places, for all versions or by range of versions. */
  readonly "x-matches"?: number | Readonly<Record<ApiRange, number>>;
  readonly "x-rule"?: true;
  readonly "x-versions"?: ApiRange;
  readonly "x-ours"?: string;
  readonly update?: unknown;
  readonly remove?: boolean;
}

const ACTION_KEYS = new Set([
  "target",
  "description",
  "x-matches",
  "x-rule",
  "x-versions",
  "x-ours",
  "update",
  "remove",
]);

/** The file that lists the overlays of its folder in order of application. */
const ORDER = "order.yaml";

/** The overlays of spec/overlays by file name, in the order of order.yaml. */
export async function loadOverlays(workspace: Workspace): Promise<Map<string, Overlay>> {
  const folder = overlayFolder(workspace);
  const order = readOrder(await readFile(join(folder, ORDER), "utf8"));
  const present = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name) && name !== ORDER);
  const unlisted = present.find((name) => !order.includes(name));
  if (unlisted !== undefined)
    throw new SpecError(`${ORDER} does not list ${unlisted}. Add it where it is to apply.`);
  const overlays = new Map<string, Overlay>();
  for (const file of order) {
    if (!present.includes(file)) throw new SpecError(`${ORDER} lists ${file}, which does not exist.`);
    overlays.set(file, readOverlay(await readFile(join(folder, file), "utf8"), file));
  }
  return overlays;
}

function readOrder(text: string): string[] {
  const order: unknown = parseYaml(text, ORDER);
  if (Array.isArray(order) && order.every((name) => typeof name === "string")) return order;
  throw new SpecError(`${ORDER} is not a list of file names.`);
}

/** Parses one overlay and checks its form. */
export function readOverlay(text: string, file: string): Overlay {
  const overlay = parseYaml(text, file) as Overlay | null;
  if (overlay?.overlay !== "1.0.0" || !Array.isArray(overlay.actions)) {
    throw new SpecError(`${file} is not an Overlay 1.0 document: it needs "overlay: 1.0.0" and "actions".`);
  }
  checkVersions(overlay["x-versions"], file);
  checkOurs(overlay["x-ours"], file);
  for (const [index, action] of overlay.actions.entries()) {
    const where = `${file}, action ${index + 1} (${action?.target})`;
    if (typeof action?.target !== "string") throw new SpecError(`${where}: target is not a JSONPath.`);
    const unknown = Object.keys(action).find((key) => !ACTION_KEYS.has(key));
    if (unknown)
      throw new SpecError(`${where}: unknown key "${unknown}"; known keys: ${[...ACTION_KEYS].join(", ")}.`);
    if (!action.description)
      throw new SpecError(`${where}: description must give the reason of the correction.`);
    if ("x-rule" in action) {
      if (action["x-rule"] !== true || "x-matches" in action)
        throw new SpecError(`${where}: a rule states x-rule: true, and no x-matches.`);
    } else if (!isMatches(action["x-matches"])) {
      throw new SpecError(
        `${where}: x-matches must be the number of places the target has, at least 1, or a map of such numbers by ` +
          `range of API versions, as in { "<1.48": 2, ">=1.48": 3 }. What is true of any number of places is a rule, ` +
          "with x-rule: true.",
      );
    }
    checkVersions(action["x-versions"], where);
    checkOurs(action["x-ours"], where);
    const removes = action.remove ?? false;
    if (typeof removes !== "boolean" || "update" in action === removes) {
      throw new SpecError(`${where}: state either update or remove: true.`);
    }
  }
  return overlay;
}

function isMatches(value: unknown): boolean {
  if (typeof value !== "object") return isCount(value);
  const byRange = Object.entries(value ?? {});
  return byRange.length > 0 && byRange.every(([range, count]) => isApiRange(range) && isCount(count));
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

function checkVersions(range: unknown, where: string): void {
  if (range === undefined || isApiRange(range)) return;
  throw new SpecError(
    `${where}: x-versions ${JSON.stringify(range)} is not a range of API versions; write one such as ">=1.49".`,
  );
}

function checkOurs(reason: unknown, where: string): void {
  if (reason === undefined || (typeof reason === "string" && reason !== "")) return;
  throw new SpecError(`${where}: x-ours must say in a sentence why the correction stays in this package.`);
}
