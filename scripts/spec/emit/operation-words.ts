import { type OpenApi, type Operation, resolve } from "../openapi.js";

/** Our words on an operation for its callers, besides the summary. */
export interface Words {
  /** By name, wherever the parameter goes; names are unique. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly statuses: Readonly<Record<string, string>>;
  /** A call in TypeScript. */
  readonly example: string | undefined;
}

interface Described {
  readonly name?: string;
  readonly description?: string;
}

/** Reads the words on an operation. */
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
  const { requestBody } = operation;
  const body = requestBody && "$ref" in requestBody ? resolve(document, requestBody.$ref) : requestBody;
  return {
    parameters,
    body: (body as Described | undefined)?.description || undefined,
    statuses,
    example: operation["x-codeSamples"]?.[0]?.source,
  };
}
