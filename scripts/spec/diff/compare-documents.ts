import type { OpenApi } from "../openapi.js";
import { operationsById, positionsOf } from "../positions.js";
import type { Change, Level } from "./change.js";
import { compareOperation } from "./compare-operations.js";
import { compareSchemas } from "./compare-schemas.js";
import type { Schema } from "./shape.js";

/** All differences between two corrected descriptions, from the view of an SDK user. */
export function diffDocuments(before: OpenApi, after: OpenApi): Change[] {
  return [...diffOperations(before, after), ...diffTypes(before, after)];
}

function diffOperations(before: OpenApi, after: OpenApi): Change[] {
  const old = operationsById(before);
  const now = operationsById(after);
  const changes: Change[] = [];
  const renamed = new Set<string>();
  for (const [id, { method, path }] of old) {
    if (now.has(id)) {
      changes.push(...compareOperation({ before, after }, id));
      continue;
    }
    const heir = [...now].find(
      ([other, one]) => !old.has(other) && one.method === method && one.path === path,
    );
    if (heir) renamed.add(heir[0]);
    changes.push({
      rule: heir ? "operation-renamed" : "operation-removed",
      level: "major",
      subject: "operation",
      action: heir ? "changed" : "removed",
      place: id,
      detail: heir ? `now named ${heir[0]}` : `was ${method.toUpperCase()} ${path}`,
    });
  }
  for (const [id, { method, path }] of now) {
    if (old.has(id) || renamed.has(id)) continue;
    const detail = `${method.toUpperCase()} ${path}`;
    changes.push({
      rule: "operation-added",
      level: "minor",
      subject: "operation",
      action: "added",
      place: id,
      detail,
    });
  }
  return changes;
}

/** Named schemas are exported types, so their names count too. */
function diffTypes(before: OpenApi, after: OpenApi): Change[] {
  const old = (before.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  const now = (after.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  const positions = [positionsOf(before), positionsOf(after)];
  const changes: Change[] = [];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const was = old[name];
    const is = now[name];
    const change = (rule: string, level: Level, action: Change["action"]): void => {
      changes.push({ rule, level, subject: "type", action, place: name, detail: "" });
    };
    if (!was) change("type-added", "minor", "added");
    else if (!is) change("type-removed", "major", "removed");
    else {
      const places = positions.map((of) => of(name));
      const position = {
        request: places.some(({ request }) => request),
        response: places.some(({ response }) => response),
      };
      changes.push(...compareSchemas({ before, after }, was, is, { place: name, position }));
    }
  }
  return changes;
}
