import { httpMethods, type OpenApi, type Operation } from "../openapi.js";
import { isObject } from "../same.js";

/** Where a type stands: users write what goes to the Engine and read what comes from it. */
export interface Position {
  readonly request: boolean;
  readonly response: boolean;
}

export const REQUEST: Position = { request: true, response: false };
export const RESPONSE: Position = { request: false, response: true };

/** The operations of a document with their method and path, by id. */
export function operationsOf(
  document: OpenApi,
): Map<string, { method: string; path: string; operation: Operation }> {
  const found = new Map<string, { method: string; path: string; operation: Operation }>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of httpMethods) {
      const operation = (item as Record<string, Operation | undefined>)[method];
      if (operation?.operationId) found.set(operation.operationId, { method, path, operation });
    }
  }
  return found;
}

/** The positions of the named schemas; one that nothing refers to is read, as a record of a stream. */
export function positionsOf(document: OpenApi): (name: string) => Position {
  const requests = new Set<string>();
  const responses = new Set<string>();
  for (const { operation } of operationsOf(document).values()) {
    reach(document, [operation.parameters, operation.requestBody], requests);
    reach(document, operation.responses, responses);
  }
  return (name) => {
    const request = requests.has(name);
    return { request, response: responses.has(name) || !request };
  };
}

/** Adds the names of all schemas that a value refers to, directly or through others. */
function reach(document: OpenApi, value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) reach(document, item, names);
  if (!isObject(value)) return;
  if (typeof value.$ref === "string") {
    const name = schemaName(value.$ref);
    if (name !== undefined && names.has(name)) return;
    if (name !== undefined) names.add(name);
    reach(document, resolve(document, value.$ref), names);
  }
  for (const [key, child] of Object.entries(value)) if (key !== "$ref") reach(document, child, names);
}

/** The name of a schema that a reference means. */
export const schemaName = (ref: string): string | undefined =>
  /^#\/components\/schemas\/(.+)$/.exec(ref)?.[1];

/** What a reference within the document means. */
export function resolve(document: OpenApi, ref: string): unknown {
  const steps = ref.split("/").slice(1);
  return steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), document);
}
