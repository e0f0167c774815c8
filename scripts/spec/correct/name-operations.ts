import { copyOf, type OpenApi, operationsOf, type Parameter, type PlacedOperation } from "../openapi.js";
import { type Report, refuse } from "../report.js";

/** What can name the types of an operation and, with a small first letter, its method. */
const USABLE = /^[A-Z][A-Za-z0-9]*$/;

/** Names the operations that have no usable name, for a draft: GetImagesNameAttestations. */
export function nameOperations(document: OpenApi, report: Report = refuse): OpenApi {
  for (const placed of operationsOf(document)) {
    const { path, method, operation } = placed;
    const { operationId: id } = operation;
    if (id !== undefined && USABLE.test(id)) continue;
    report(
      `${method.toUpperCase()} ${path} has no usable operationId (${JSON.stringify(id)}). Name it in spec/overlays.`,
    );
    operation.operationId = nameOf(placed);
  }
  return document;
}

/** Renames the second of two operations with the same name, which overlays and callers could not tell apart. */
export function separateTwins(document: OpenApi, report: Report = refuse): OpenApi {
  const places = new Map<string, string>();
  for (const placed of operationsOf(document)) {
    const { path, operation } = placed;
    const { operationId: id } = operation;
    if (id === undefined) continue;
    const twin = places.get(id);
    if (twin !== undefined) {
      report(`Two operations are called ${id}: at ${twin} and at ${path}.`);
      operation.operationId = nameOf(placed);
    }
    places.set(operation.operationId as string, path);
  }
  return document;
}

/** Gives each operation the parameters that its path states for all of them. */
export function ownParameters(document: OpenApi): OpenApi {
  for (const { path, operation } of operationsOf(document)) {
    const { parameters: shared = [] } = (document.paths?.[path] ?? {}) as { parameters?: Parameter[] };
    const own = (operation.parameters ?? []) as Parameter[];
    const isOwn = (one: Parameter): boolean =>
      own.some((other) => other.name === one.name && other.in === one.in);
    if (shared.length > 0)
      operation.parameters = [...copyOf(shared.filter((one) => !isOwn(one))), ...own] as never;
  }
  for (const item of Object.values(document.paths ?? {}))
    delete (item as { parameters?: unknown }).parameters;
  return document;
}

const nameOf = ({ method, path }: PlacedOperation): string =>
  [method, ...path.split(/[^A-Za-z0-9]+/)]
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
