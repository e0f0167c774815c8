import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonpath } from "json-p3";
import { parse } from "yaml";
import type { OpenApi } from "./openapi.js";
import { overlayFolder, type Project } from "./project.js";
import { SpecError } from "./spec-error.js";

/**
 * An OpenAPI Overlay 1.0 document. `x-matches` is ours: the number of places the target must have, so that
 * a correction which upstream made redundant, or moved, stops the build instead of passing unnoticed.
 */
export interface Overlay {
  readonly overlay: "1.0.0";
  readonly info: { readonly title: string; readonly version: string };
  readonly actions: readonly OverlayAction[];
}

export interface OverlayAction {
  /** JSONPath (RFC 9535) of the places to change. */
  readonly target: string;
  /** Why the description is wrong there. */
  readonly description: string;
  readonly "x-matches": number;
  readonly update?: unknown;
  readonly remove?: boolean;
}

const ACTION_KEYS = new Set(["target", "description", "x-matches", "update", "remove"]);

/** The overlays of spec/overlays, by file name, in the order they apply. */
export async function loadOverlays(project: Project): Promise<Map<string, Overlay>> {
  const folder = overlayFolder(project);
  const overlays = new Map<string, Overlay>();
  for (const file of (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()) {
    overlays.set(file, readOverlay(await readFile(join(folder, file), "utf8"), file));
  }
  return overlays;
}

/** Parses one overlay and checks its form. */
export function readOverlay(text: string, file: string): Overlay {
  let overlay: Overlay;
  try {
    overlay = parse(text) as Overlay;
  } catch (cause) {
    throw new SpecError(`${file} is not YAML: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
  if (overlay?.overlay !== "1.0.0" || !Array.isArray(overlay.actions)) {
    throw new SpecError(`${file} is not an Overlay 1.0 document: it needs "overlay: 1.0.0" and "actions".`);
  }
  for (const [index, action] of overlay.actions.entries()) {
    const where = `${file}, action ${index + 1} (${action?.target})`;
    if (typeof action?.target !== "string") throw new SpecError(`${where}: target is not a JSONPath.`);
    const unknown = Object.keys(action).find((key) => !ACTION_KEYS.has(key));
    if (unknown)
      throw new SpecError(`${where}: unknown key "${unknown}"; known are ${[...ACTION_KEYS].join(", ")}.`);
    if (!action.description)
      throw new SpecError(`${where}: description must give the reason of the correction.`);
    if (!Number.isInteger(action["x-matches"]) || action["x-matches"] < 1) {
      throw new SpecError(`${where}: x-matches must be the number of places the target has, at least 1.`);
    }
    const removes = action.remove ?? false;
    if (typeof removes !== "boolean" || "update" in action === removes) {
      throw new SpecError(`${where}: state either update or remove: true.`);
    }
  }
  return overlay;
}

/** Applies an overlay to a copy of the document. */
export function applyOverlay(document: OpenApi, overlay: Overlay, file: string): OpenApi {
  const result = structuredClone(document);
  for (const [index, action] of overlay.actions.entries())
    applyAction(result, action, `${file}, action ${index + 1}`);
  return result;
}

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

function applyAction(document: OpenApi, action: OverlayAction, where: string): void {
  let places: Path[];
  try {
    const nodes = [...jsonpath.query(action.target, document as never)];
    // A JSONPath may name a place twice.
    places = [...new Map(nodes.map((node) => [node.path, node.location])).values()];
  } catch (cause) {
    throw new SpecError(`${where}: ${action.target} is not a JSONPath: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (places.length !== action["x-matches"]) {
    throw new SpecError(
      `${where}: ${action.target} matches ${places.length} places, expected ${action["x-matches"]}. ` +
        "If the description changed there, correct or remove the action.",
    );
  }
  const found = places.map((place) => {
    const key = place.at(-1);
    if (key === undefined) throw new SpecError(`${where}: the whole document cannot be a target.`);
    const parent = place.slice(0, -1).reduce<unknown>((at, step) => (at as Container)[step], document);
    return { parent: parent as Container, key };
  });
  if (!action.remove) {
    // Inner places before the outer ones that hold them, whose merged copy takes them along.
    for (const { parent, key } of found.toReversed()) parent[key] = merge(parent[key], action.update);
    return;
  }
  // An array loses its last item first, so that the ones still to come do not move.
  for (const { parent, key } of found.sort((a, b) => index(b.key) - index(a.key))) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }
}

const index = (key: string | number): number => (typeof key === "number" ? key : -1);

/**
 * Overlay 1.0, section 4.4.3: objects merge, an array gains the update as an item, all else is replaced. An update
 * that is an array itself gives its items, as later versions of Overlay have it.
 */
function merge(target: unknown, update: unknown): unknown {
  if (Array.isArray(target)) return [...target, ...(Array.isArray(update) ? update : [update])];
  if (!isObject(target) || !isObject(update)) return structuredClone(update);
  const merged: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(update)) {
    merged[key] = key in merged ? merge(merged[key], value) : structuredClone(value);
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
