import { jsonpath } from "json-p3";
import { holds, narrowed } from "../api-versions.js";
import { copyOf, type OpenApi } from "../openapi.js";
import { SpecError } from "../spec-error.js";
import { isRedundant, merge } from "./merge.js";
import type { Overlay, OverlayAction } from "./overlay.js";

/** Applies the actions of an overlay that are for the document's API version to a copy of the document. */
export function applyOverlay(document: OpenApi, overlay: Overlay, file: string): OpenApi {
  const api = document.info.version;
  const result = copyOf(document);
  for (const [index, action] of overlay.actions.entries()) {
    const ranges = [overlay["x-versions"], action["x-versions"]];
    if (ranges.some((range) => range !== undefined && !holds(range, api))) continue;
    const range = action["x-versions"] ?? overlay["x-versions"];
    const narrow = `narrow x-versions to ${JSON.stringify(narrowed(range, api, overlay.info?.version))}`;
    applyAction(result, action, { api, narrow, where: `${file}, action ${index + 1}: ${action.target}` });
  }
  return result;
}

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

interface Application {
  readonly api: string;
  /** What to do about an action that this version made redundant. */
  readonly narrow: string;
  readonly where: string;
}

function applyAction(document: OpenApi, action: OverlayAction, application: Application): void {
  const { api, narrow, where } = application;
  const places = findPlaces(document, action.target, where);
  const expected = expectedMatches(action, application);
  if (places.length !== expected) {
    throw new SpecError(
      `${where} matches ${places.length} places in API ${api}, expected ${expected}. ` +
        `If this version needs no correction there, ${narrow}; if it is needed in other places, correct the ` +
        "target, or give x-matches by range.",
    );
  }
  const found = places.map((place) => {
    const key = place.at(-1);
    if (key === undefined) throw new SpecError(`${where}: the whole document cannot be a target.`);
    const parent = place.slice(0, -1).reduce<unknown>((at, step) => (at as Container)[step], document);
    return { parent: parent as Container, key, place };
  });
  if (!action.remove) {
    const idle = found.filter(({ parent, key }) => isRedundant(parent[key], action.update));
    if (idle.length > 0) {
      throw new SpecError(
        `${where} changes nothing in API ${api} at ${idle.map(({ place }) => place.join(".")).join(", ")}: the ` +
          `description already says so. Leave out what is right already, or ${narrow}.`,
      );
    }
    // Inner places before outer ones, whose merged copy includes them.
    for (const { parent, key } of found.toReversed()) parent[key] = merge(parent[key], action.update);
    return;
  }
  // Last array items first, so that the others do not move.
  for (const { parent, key } of found.sort((a, b) => index(b.key) - index(a.key))) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  }
}

function findPlaces(document: OpenApi, target: string, where: string): Path[] {
  try {
    const nodes = [...jsonpath.query(target, document as never)];
    // A JSONPath may match a place twice.
    return [...new Map(nodes.map((node) => [node.path, node.location])).values()];
  } catch (cause) {
    throw new SpecError(`${where} is not a JSONPath: ${(cause as Error).message}`, { cause });
  }
}

function expectedMatches({ "x-matches": matches }: OverlayAction, { api, where }: Application): number {
  if (typeof matches === "number") return matches;
  const holding = Object.keys(matches).filter((range) => holds(range, api));
  const [range] = holding;
  if (range === undefined || holding.length > 1) {
    throw new SpecError(
      `${where}: x-matches must say once how many places it has in API ${api}; its ranges that hold are ` +
        `${holding.join(", ") || "none"}.`,
    );
  }
  return matches[range] as number;
}

const index = (key: string | number): number => (typeof key === "number" ? key : -1);
