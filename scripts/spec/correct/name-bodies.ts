import { isObject, type OpenApi, operationsOf, resolve } from "../openapi.js";
import { type Report, refuse } from "../report.js";
import { freeName } from "./free-name.js";

const JSON_TYPE = "application/json";

type Schema = Record<string, unknown>;
interface Body {
  readonly content?: Record<string, { schema?: Schema }>;
}

/**
 * Names every JSON object that an operation takes or returns, such as `ContainerCreateRequest` or `ContainerPruneResponse`,
 * unless the description does: users declare variables of these types.
 */
export function nameBodies(document: OpenApi, report: Report = refuse): OpenApi {
  const components = (document.components ?? {}) as { schemas?: Record<string, unknown> };
  const schemas = components.schemas ?? {};
  const hoist = (wanted: string, schema: Schema): Schema => {
    let name = wanted;
    if (wanted in schemas) {
      name = freeName(`${wanted}Body`, schemas);
      report(
        `${wanted} is inline in its operation, but a schema has that name. Replace one by a reference to the other in ` +
          "spec/overlays/schemas.yaml.",
      );
    }
    schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  };
  for (const { operation } of operationsOf(document)) {
    const id = operation.operationId ?? "";
    name(operation.requestBody, `${id}Request`);
    const [answer] = Object.entries(operation.responses ?? {}).find(([status]) => Number(status) < 400) ?? [];
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      if (Number(status) < 400)
        name(response, status === answer ? `${id}Response` : `${id}${status}Response`);
    }
  }
  components.schemas = schemas;
  document.components = components as NonNullable<OpenApi["components"]>;
  return document;

  function name(body: unknown, name: string): void {
    if (!isObject(body)) return;
    const { content } = (typeof body.$ref === "string" ? resolve(document, body.$ref) : body) as Body;
    const json = content?.[JSON_TYPE];
    if (!json?.schema) return;
    const { schema } = json;
    if (isInline(schema)) json.schema = hoist(name, schema);
    else if (isObject(schema.items) && isInline(schema.items))
      schema.items = hoist(`${name}Item`, schema.items);
  }
}

/** Whether a schema is an inline object with fields. */
const isInline = (schema: Schema): boolean => isObject(schema.properties) || Array.isArray(schema.allOf);
