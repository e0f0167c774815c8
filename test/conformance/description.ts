import { readFileSync } from "node:fs";
import type { JsonSchema } from "./strict.js";

/** What an answer of a status may be. */
export interface DescribedResponse {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

/** An operation, as far as its answers are concerned. */
export interface DescribedOperation {
  readonly operationId: string;
  readonly "x-response-kind": string;
  readonly responses: Readonly<Record<string, DescribedResponse>>;
}

/** An OpenAPI description, as far as answers are concerned. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

/** The description that the package publishes. All that reads it runs in the root of the clone. */
export const readDescription = (): Description => JSON.parse(readFileSync("generated/openapi.json", "utf8"));

/** All operations, with the HTTP method of each. */
export function operationsOf({
  paths,
}: Description): ReadonlyMap<
  string,
  DescribedOperation & { readonly method: string; readonly path: string }
> {
  return new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, { operationId }]) => operationId)
        .map(([method, operation]) => [
          operation.operationId,
          { ...operation, method: method.toUpperCase(), path },
        ]),
    ),
  );
}
