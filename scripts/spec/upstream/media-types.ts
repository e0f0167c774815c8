import type { Path } from "../correct/apply-overlay.js";
import type { OpenApi } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import { valueAt } from "./swagger-changes.js";

/** Lists the media types that an operation takes or answers with, once all corrections are made. */
export function setMediaTypes(swagger: Swagger, document: OpenApi, path: Path): void {
  const [, address = "", method = "", list] = path;
  const operation = valueAt(document, ["paths", address, method]) as Record<string, unknown>;
  const published = valueAt(swagger, path.slice(0, -1)) as Record<string, unknown>;
  const types = list === "consumes" ? requestTypes(document, operation) : answerTypes(operation);
  const listed = (published[list as string] ?? []) as readonly string[];
  const kept = listed.filter((type) => types.includes(type));
  if (types.length > 0) published[list as string] = [...new Set([...kept, ...types])];
}

type Body = { readonly $ref?: string; readonly content?: object };

function requestTypes(document: OpenApi, { requestBody }: { requestBody?: unknown }): string[] {
  const { $ref, content } = (requestBody ?? {}) as Body;
  const shared = $ref ? (valueAt(document, $ref.split("/").slice(1)) as Body) : undefined;
  return Object.keys(shared?.content ?? content ?? {});
}

function answerTypes({ responses }: { responses?: unknown }): string[] {
  const successes = Object.entries((responses ?? {}) as Record<string, Body>).filter(
    ([status]) => Number(status) < 400,
  );
  return [...new Set(successes.flatMap(([, { content }]) => Object.keys(content ?? {})))];
}
