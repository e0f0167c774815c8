import { jsonpath } from "json-p3";
import { holds, narrowed } from "../api-versions.js";
import { copyOf, type OpenApi } from "../openapi.js";
import { type Report, refuse } from "../report.js";
import { SpecError } from "../spec-error.js";
import { isRedundant, merge } from "./merge.js";
import type { Overlay, OverlayAction } from "./overlay.js";

/** Steps from the top of a document to a place. */
export type Path = readonly (string | number)[];

/** Where to tell of an overlay's actions. */
export interface Observer {
  /** Takes the corrections that do not fit the document; they are applied to the places there are. */
  readonly report: Report;
  /** Takes the rules that apply to some place. */
  readonly onRule?: (where: string) => void;
  /** Takes the places of each action before it changes them. */
  readonly onAction?: (action: OverlayAction, places: readonly Path[], document: OpenApi) => void;
}

/** Applies the actions of an overlay that are for the document's API version to a copy of the document. */
export function applyOverlay(
  document: OpenApi,
  overlay: Overlay,
  file: string,
  { report, onRule, onAction }: Observer = { report: refuse },
): OpenApi {
  const api = document.info.version;
  const result = copyOf(document);
  for (const [index, action] of overlay.actions.entries()) {
    const ranges = [overlay["x-versions"], action["x-versions"]];
    if (ranges.some((range) => range !== undefined && !holds(range, api))) continue;
    const range = action["x-versions"] ?? overlay["x-versions"];
    const narrow = `narrow x-versions to ${JSON.stringify(narrowed(range, api, overlay.info?.version))}`;
    const where = nameOf(action, index, file);
    const found = placesOf(result, action, where);
    if (action["x-rule"]) {
      if (found.length > 0) onRule?.(where);
    } else {
      checkCorrection(found, action, { api, narrow, where, report });
    }
    onAction?.(
      action,
      found.map(({ location }) => location),
      result,
    );
    apply(action, found);
  }
  return result;
}

/** The rules of overlays that are in force in an API version, or in any. */
export const rulesOf = (overlays: ReadonlyMap<string, Overlay>): string[] =>
  [...overlays].flatMap(([file, { actions }]) =>
    actions.flatMap((action, index) => (action["x-rule"] ? [nameOf(action, index, file)] : [])),
  );

const nameOf = ({ target }: OverlayAction, index: number, file: string): string =>
  `${file}, action ${index + 1}: ${target}`;

type Container = Record<string | number, unknown>;

/** A place that a target matches. */
interface Place {
  readonly parent: Container;
  readonly key: string | number;
  readonly path: string;
  readonly location: Path;
}

interface Application {
  readonly api: string;
  /** What to do about an action that this version made redundant. */
  readonly narrow: string;
  readonly where: string;
  readonly report: Report;
}

function placesOf(document: OpenApi, { target }: OverlayAction, where: string): Place[] {
  return findPlaces(document, target, where).map((path) => {
    const key = path.at(-1);
    if (key === undefined) throw new SpecError(`${where}: the whole document cannot be a target.`);
    const parent = path.slice(0, -1).reduce<unknown>((at, step) => (at as Container)[step], document);
    return { parent: parent as Container, key, path: path.join("."), location: path };
  });
}

/** Reports a correction that is not needed, or not only here: a rule is true whatever the description says. */
function checkCorrection(places: readonly Place[], action: OverlayAction, application: Application): void {
  const { api, narrow, where, report } = application;
  const expected = expectedMatches(action, application);
  if (expected !== undefined && places.length !== expected) {
    report(
      `${where} matches ${places.length} places in API ${api}, expected ${expected}. ` +
        `If this version needs no correction there, ${narrow}; if it is needed in other places, correct the ` +
        "target, or give x-matches by range.",
    );
  }
  if (action.remove) return;
  const idle = places.filter(({ parent, key }) => isRedundant(parent[key], action.update));
  if (idle.length > 0) {
    report(
      `${where} changes nothing in API ${api} at ${idle.map(({ path }) => path).join(", ")}: the ` +
        `description already says so. Leave out what is right already, or ${narrow}.`,
    );
  }
}

function apply({ update, remove }: OverlayAction, places: readonly Place[]): void {
  if (!remove) {
    // Inner places before outer ones, whose merged copy includes them.
    for (const { parent, key } of places.toReversed()) parent[key] = merge(parent[key], update);
    return;
  }
  // Last array items first, so that the others do not move.
  for (const { parent, key } of places.toSorted((a, b) => index(b.key) - index(a.key))) {
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

function expectedMatches(
  { "x-matches": matches = {} }: OverlayAction,
  { api, where, report }: Application,
): number | undefined {
  if (typeof matches === "number") return matches;
  const holding = Object.keys(matches).filter((range) => holds(range, api));
  const [range] = holding;
  if (range === undefined || holding.length > 1) {
    report(
      `${where}: x-matches must say once how many places it has in API ${api}; its ranges that hold are ` +
        `${holding.join(", ") || "none"}.`,
    );
    return undefined;
  }
  return matches[range];
}

const index = (key: string | number): number => (typeof key === "number" ? key : -1);
