import { type OpenApi, type Operation, operationsOf } from "../openapi.js";
import { SpecError } from "../spec-error.js";

/** What is said of an operation, beside its summary, for whoever calls its method. */
export interface Words {
  /** By name, whatever their place; no two have the same. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly statuses: Readonly<Record<string, string>>;
}

interface Described {
  readonly name?: string;
  readonly description?: string;
}

/** Reads the words on an operation; what has none is left out. */
export function readWords(document: OpenApi, operation: Operation): Words {
  const parameters: Record<string, string> = {};
  for (const { name = "", description } of (operation.parameters ?? []) as Described[]) {
    if (description) parameters[name] = description;
  }
  const statuses: Record<string, string> = {};
  for (const [status, { description }] of Object.entries(
    (operation.responses ?? {}) as Record<string, Described>,
  )) {
    if (description) statuses[status] = description;
  }
  return { parameters, body: bodyOf(document, operation)?.description || undefined, statuses };
}

/** Stops at what an overlay says nothing about: a new version must not bring what users are told nothing of. */
export function requireWords(document: OpenApi): void {
  const missing = operationsOf(document).flatMap(({ operation }) => unsaid(document, operation));
  if (missing.length === 0) return;
  throw new SpecError(
    `spec/overlays says nothing of ${missing.join(", ")}. Say what each is in our own words, in ` +
      "words-parameters.yaml, words-bodies.yaml or words-statuses.yaml.",
  );
}

function unsaid(document: OpenApi, operation: Operation): string[] {
  const { parameters, body, statuses } = readWords(document, operation);
  const names = ((operation.parameters ?? []) as Described[]).map(({ name = "" }) => name);
  return [
    ...names.filter((name) => !parameters[name]).map((name) => `the parameter ${name}`),
    ...(bodyOf(document, operation) && !body ? ["the body"] : []),
    ...Object.keys(operation.responses ?? {})
      .filter((status) => !statuses[status])
      .map((status) => `the status ${status}`),
  ].map((what) => `${what} of ${operation.operationId}`);
}

function bodyOf(document: OpenApi, { requestBody }: Operation): Described | undefined {
  if (!requestBody || !("$ref" in requestBody)) return requestBody as Described | undefined;
  return document.components?.requestBodies?.[requestBody.$ref.split("/").at(-1) ?? ""] as
    | Described
    | undefined;
}
