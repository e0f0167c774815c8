import type { OpenApi } from "../openapi.js";

const PROSE = new Set(["description", "summary", "example", "examples", "externalDocs"]);

/** Maps whose keys are names from the description: a property may be called "description". */
const NAME_MAPS = new Set([
  "properties",
  "patternProperties",
  "schemas",
  "responses",
  "parameters",
  "requestBodies",
  "headers",
  "paths",
  "content",
  "$defs",
]);

/**
 * Removes upstream's sentences and examples from a document: only names, types, enums, statuses and defaults are facts that
 * we may commit.
 */
export function removeProse(document: OpenApi): OpenApi {
  const { info, tags, ...rest } = document;
  return {
    ...(strip(rest, false) as OpenApi),
    info: { title: info.title, version: info.version } as OpenApi["info"],
    ...(tags ? { tags: tags.map(({ name }) => ({ name })) } : {}),
  };
}

function strip(value: unknown, keysAreNames: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item, false));
  if (!value || typeof value !== "object") return value;
  const kept: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    if (!keysAreNames && PROSE.has(key)) continue;
    // `enum` and `default` hold values, which are not prose.
    if (!keysAreNames && (key === "enum" || key === "default")) kept[key] = child;
    else kept[key] = strip(child, !keysAreNames && NAME_MAPS.has(key) && !Array.isArray(child));
  }
  return kept;
}
