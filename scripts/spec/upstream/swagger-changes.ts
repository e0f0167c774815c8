import type { Path } from "../correct/apply-overlay.js";
import type { OverlayAction } from "../correct/overlay.js";
import { isObject, type OpenApi, operationsOf, type Parameter } from "../openapi.js";
import { swaggerHeaders, swaggerParameter, swaggerSchema, swaggerSchemas, Untold } from "./swagger-form.js";

/** A change of a Swagger 2.0 document. */
export interface Change {
  readonly path: Path;
  /** What to merge into the value there; undefined removes it. */
  readonly update?: unknown;
  /** Removes this item from the list there. */
  readonly item?: unknown;
}

type Changes = readonly Change[] | Untold;

const FAILURE_TYPES = "Swagger 2.0 lists media types by operation, not by status.";
const BESIDE_REFERENCE = "Swagger 2.0 ignores what stands beside a reference.";
const NO_PLACE = "The published description has no such place: another correction makes it.";

/** What an action changes at a place of an OpenAPI document, as changes of the Swagger document it was made from. */
export function swaggerChanges(
  document: OpenApi,
  swagger: unknown,
  place: Path,
  action: OverlayAction,
): Changes {
  const [top, ...rest] = place;
  if (top === "components" && rest[0] === "schemas") {
    if (rest.length === 1) return changed(["definitions"], action, swaggerSchemas);
    return inSchema(document, swagger, place, ["definitions", ...rest.slice(1)], action);
  }
  if (top === "components" && rest[0] === "requestBodies") return sharedBody(document, place);
  const [path = "", method = "", part, ...inner] = rest;
  const at = ["paths", path, method];
  if (part === undefined) return ofOperation(at, action);
  if (part === "parameters") return ofParameter(document, swagger, place, [...at, part], inner, action);
  if (part === "requestBody") return ofBody(document, swagger, place, at, inner, action);
  if (part === "responses") return ofAnswers(document, swagger, place, at, inner, action);
  return new Untold(NO_PLACE);
}

function ofOperation(at: Path, action: OverlayAction): Changes {
  const { parameters } = action.update as { parameters?: unknown[] };
  if (!parameters) return changed(at, action, swaggerSchema);
  const forms = parameters.map(swaggerParameter);
  const untold = forms.find((form) => form instanceof Untold);
  return untold ?? forms.map((update) => ({ path: [...at, "parameters"], update }));
}

function ofParameter(
  document: OpenApi,
  swagger: unknown,
  place: Path,
  list: Path,
  [index, part, ...inner]: Path,
  action: OverlayAction,
): Changes {
  if (index === undefined) return changed(list, action, swaggerParameter);
  const { name, in: where } = valueAt(document, place.slice(0, 5)) as Parameter;
  const published = valueAt(swagger, list);
  const position = (Array.isArray(published) ? published : []).findIndex(
    (one) => one.name === name && one.in === where,
  );
  if (position === -1) return new Untold(NO_PLACE);
  const at = [...list, position];
  if (part === undefined) return changed(at, action, swaggerParameter);
  if (inner.length > 0) return inSchema(document, swagger, place, [...at, ...inner], action);
  if (action.remove) return new Untold("Swagger 2.0 cannot describe a parameter that is written as JSON.");
  return changed(at, action, (schema) => {
    const update = swaggerParameter({ schema });
    const isList = !(update instanceof Untold) && update.type === "array";
    return isList ? { ...update, collectionFormat: "multi" } : update;
  });
}

function ofBody(
  document: OpenApi,
  swagger: unknown,
  place: Path,
  at: Path,
  [content, type, schema, ...inner]: Path,
  action: OverlayAction,
): Changes {
  const parameters = valueAt(swagger, [...at, "parameters"]);
  const position = (Array.isArray(parameters) ? parameters : []).findIndex((one) => one.in === "body");
  if (position === -1) return new Untold(NO_PLACE);
  const body = [...at, "parameters", position];
  if (content === undefined) return changed(body, action, swaggerSchema);
  if (schema !== undefined) return inSchema(document, swagger, place, [...body, "schema", ...inner], action);
  return type === undefined
    ? ofContent(body, at, "consumes", action)
    : [{ path: [...at, "consumes"], update: MEDIA_TYPES }];
}

/** Stands for the media types that all corrections leave to an operation. */
export const MEDIA_TYPES = Symbol("media types");

function ofAnswers(
  document: OpenApi,
  swagger: unknown,
  place: Path,
  at: Path,
  [status, part, type, schema, ...inner]: Path,
  action: OverlayAction,
): Changes {
  const answers = [...at, "responses"];
  if (status === undefined) return changed(answers, action, swaggerSchemas);
  const answer = [...answers, status];
  if (part === undefined && action.remove) return [{ path: answer }];
  const isFailure = Number(status) >= 400;
  if (part === undefined) {
    const { content, headers } = action.update as { content?: object; headers?: object };
    const told = headers
      ? changed([...answer, "headers"], { ...action, update: headers }, swaggerHeaders)
      : [];
    if (!content || told instanceof Untold) return told;
    const body = ofContent(answer, at, isFailure ? undefined : "produces", { ...action, update: content });
    return body instanceof Untold ? body : [...told, ...body];
  }
  if (part === "headers") return changed([...answer, part], action, swaggerHeaders);
  if (type === undefined && isFailure) return new Untold(FAILURE_TYPES);
  if (type === undefined) return [{ path: [...answer, "schema"] }];
  if (schema === undefined) return [{ path: [...at, "produces"], update: MEDIA_TYPES }];
  return inSchema(document, swagger, place, [...answer, "schema", ...inner], action);
}

/** A body by media type, which Swagger 2.0 writes as one schema, and media types beside. */
function ofContent(body: Path, at: Path, types: string | undefined, action: OverlayAction): Changes {
  const [content] = Object.values(action.update as Record<string, { schema: unknown }>);
  const schema = swaggerSchema(content?.schema);
  if (schema instanceof Untold) return schema;
  return [
    { path: [...body, "schema"], update: schema },
    ...(types ? [{ path: [...at, types], update: MEDIA_TYPES }] : []),
  ];
}

/** A body that several operations share, once converted; each of them has its own media types. */
function sharedBody(document: OpenApi, [, , name]: Path): Changes {
  return operationsOf(document)
    .filter(({ operation }) => (operation.requestBody as { $ref?: string })?.$ref?.endsWith(`/${name}`))
    .map(({ path, method }) => ({ path: ["paths", path, method, "consumes"], update: MEDIA_TYPES }));
}

function inSchema(
  document: OpenApi,
  swagger: unknown,
  place: Path,
  at: Path,
  action: OverlayAction,
): Changes {
  const [list, key] = [at.at(-2), at.at(-1)];
  const owner = at.slice(0, -2);
  if (action.remove && list === "type") return [{ path: [...owner, "x-nullable"] }];
  if (action.remove && typeof key === "number")
    return [{ path: at.slice(0, -1), item: valueAt(document, place) }];
  if (valueAt(swagger, at) === undefined && valueAt(swagger, at.slice(0, -1)) === undefined)
    return new Untold(NO_PLACE);
  if (action.remove) return [{ path: at }];
  const current = valueAt(swagger, at);
  if (isObject(current) && "$ref" in current && isObject(action.update) && "nullable" in action.update)
    return new Untold(BESIDE_REFERENCE);
  if (!isObject(action.update)) return [{ path: at, update: action.update }];
  return changed(at, action, isNameMap(key) ? swaggerSchemas : swaggerSchema);
}

/** Whether a place holds fields by name. */
const isNameMap = (key: unknown): boolean => key === "properties";

function changed(
  path: Path,
  { remove, update }: OverlayAction,
  form: (update: never) => Record<string, unknown> | Untold,
): Changes {
  if (remove) return [{ path }];
  const told = form(update as never);
  return told instanceof Untold ? told : [{ path, update: told }];
}

/** The value at a path, or undefined. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], value);
