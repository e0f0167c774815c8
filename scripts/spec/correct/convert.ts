import { upgradeFromThreeToThreeOne } from "@scalar/openapi-upgrader/3.0-to-3.1";
import swagger2openapi from "swagger2openapi";
import type { OpenApi } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import { SpecError } from "../spec-error.js";

/**
 * Converts Swagger 2.0 to OpenAPI 3.1. It takes two libraries, each correct for one half:
 * swagger2openapi honours an operation's own `produces` and `consumes`, which @scalar/openapi-upgrader
 * overwrites with the document's; the latter knows 3.1, which the former predates.
 */
export async function convert(swagger: Swagger): Promise<OpenApi> {
  try {
    const { openapi } = await swagger2openapi.convertObj(structuredClone(swagger) as never, { patch: true });
    return upgradeFromThreeToThreeOne(openapi as never) as unknown as OpenApi;
  } catch (cause) {
    throw new SpecError(`The description cannot be converted to OpenAPI 3.1: ${(cause as Error).message}`, {
      cause,
    });
  }
}
