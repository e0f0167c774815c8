import {
  isObject,
  type OpenApi,
  operationsOf,
  type PlacedOperation,
  resolve,
  schemaName,
} from "./openapi.js";

/** Position of a type: users write what goes to the Engine, and read what comes from it. */
export interface Position {
  readonly request: boolean;
  readonly response: boolean;
}

export const REQUEST: Position = { request: true, response: false };
export const RESPONSE: Position = { request: false, response: true };

/** The operations of a document by operationId. */
export const operationsById = (document: OpenApi): Map<string, PlacedOperation> =>
  new Map(
    operationsOf(document).flatMap((placed) => {
      const id = placed.operation.operationId;
      return id ? [[id, placed] as const] : [];
    }),
  );

/** Positions of the named schemas; one without references is read, as a record of a stream. */
export function positionsOf(document: OpenApi): (name: string) => Position {
  const requests = new Set<string>();
  const responses = new Set<string>();
  for (const { operation } of operationsOf(document)) {
    reach(document, [operation.parameters, operation.requestBody], requests);
    reach(document, operation.responses, responses);
  }
  return (name) => {
    const request = requests.has(name);
    return { request, response: responses.has(name) || !request };
  };
}

/** Adds the names of all schemas a value refers to, directly or indirectly. */
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
