import { isDeepStrictEqual } from "node:util";
import { byAge } from "../api-versions.js";
import { hasOptions, type OperationModel, readOperations } from "../emit/operation-model.js";
import { type OpenApi, type Parameter, resolve } from "../openapi.js";
import { operationsById, REQUEST, RESPONSE } from "../positions.js";
import type { Change, Level } from "./change.js";
import { compareSchemas, type Documents } from "./compare-schemas.js";
import type { Schema } from "./shape.js";

/** The differences between two operations of the same name: arguments and results. */
export function compareOperation(documents: Documents, id: string): Change[] {
  const old = read(documents.before, id);
  const now = read(documents.after, id);
  return [
    ...compareCall(old.model, now.model),
    ...compareParameters(documents, old, now),
    ...compareBody(documents, old, now),
    ...compareAnswers(documents, old, now),
  ];
}

interface Read {
  readonly model: OperationModel;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

const models = new WeakMap<OpenApi, Map<string, OperationModel>>();

function read(document: OpenApi, id: string): Read {
  let known = models.get(document);
  if (!known) {
    known = new Map(readOperations(document).map((model) => [model.id, model]));
    models.set(document, known);
  }
  const operation = operationsById(document).get(id)?.operation;
  const stated = operation?.requestBody as { $ref?: string } | undefined;
  const body = stated?.$ref ? resolve(document, stated.$ref) : stated;
  const [content] = Object.values((body as Response | undefined)?.content ?? {});
  return {
    model: known.get(id) as OperationModel,
    parameters: (operation?.parameters ?? []) as Parameter[],
    body: content?.schema,
    responses: (operation?.responses ?? {}) as Read["responses"],
  };
}

function compareCall(old: OperationModel, now: OperationModel): Change[] {
  const change = (rule: string, level: Level, detail: string): Change => ({
    rule: `operation-${rule}`,
    level,
    subject: "operation",
    action: "changed",
    place: now.id,
    detail,
  });
  const moved = `${old.httpMethod} ${old.path}` !== `${now.httpMethod} ${now.path}`;
  return [
    ...(moved
      ? [change("moved", "patch", `from ${old.httpMethod} ${old.path} to ${now.httpMethod} ${now.path}`)]
      : []),
    ...(old.pathParameters.length === now.pathParameters.length
      ? []
      : [
          change(
            "path-parameters-changed",
            "major",
            `from (${old.pathParameters.join(", ")}) to (${now.pathParameters.join(", ")})`,
          ),
        ]),
    ...(old.kind === now.kind ? [] : [change("kind-changed", "major", `from ${old.kind} to ${now.kind}`)]),
    ...(isDeepStrictEqual(old.positional, now.positional)
      ? []
      : [
          change(
            "arguments-changed",
            "major",
            `its own arguments, from (${old.positional.join(", ")}) to (${now.positional.join(", ")})`,
          ),
        ]),
    ...(hasOptions(old) === hasOptions(now)
      ? []
      : [
          change(
            "request-argument-moved",
            "major",
            `its request argument ${hasOptions(now) ? "now follows options" : "no longer follows options"}`,
          ),
        ]),
    ...(old.deprecated === now.deprecated
      ? []
      : [
          now.deprecated
            ? change("deprecated", "minor", "deprecated")
            : change("undeprecated", "patch", "no longer deprecated"),
        ]),
  ];
}

function compareParameters(documents: Documents, old: Read, now: Read): Change[] {
  const key = ({ in: place, name }: Parameter): string => `${place} ${name}`;
  // A method takes some options in every version, and refuses them where the Engine would ignore them.
  const isKnown = (api: string, { in: place, "x-since": since }: Parameter): boolean =>
    place !== "path" && (since === undefined || byAge(since, api) <= 0);
  const byKey = (read: Read, { info }: OpenApi) =>
    new Map(read.parameters.filter((one) => isKnown(info.version, one)).map((one) => [key(one), one]));
  const before = byKey(old, documents.before);
  const after = byKey(now, documents.after);
  const changes: Change[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(name);
    const is = after.get(name);
    const place = `${now.model.id}(${(is ?? was)?.name})`;
    const change = (rule: string, level: Level, action: Change["action"], detail: string): void => {
      changes.push({ rule: `parameter-${rule}`, level, subject: "parameter", action, place, detail });
    };
    if (!was && is?.required) change("added-required", "major", "added", `${is.in}, required`);
    if (!was && is && !is.required) change("added", "minor", "added", `${is.in}, optional`);
    if (was && !is) change("removed", "major", "removed", was.in);
    if (!was || !is) continue;
    if (is.required && !was.required) change("became-required", "major", "changed", "now required");
    if (was.required && !is.required) change("became-optional", "minor", "changed", "now optional");
    if (is.deprecated && !was.deprecated) change("deprecated", "minor", "changed", "deprecated");
    changes.push(...compareSchemas(documents, schemaOf(was), schemaOf(is), { place, position: REQUEST }));
  }
  return changes;
}

function schemaOf(parameter: Parameter): Schema {
  const [content] = Object.values(parameter.content ?? {}) as { schema?: Schema }[];
  return content?.schema ?? (parameter.schema as Schema | undefined) ?? {};
}

function compareBody(documents: Documents, old: Read, now: Read): Change[] {
  const place = `${now.model.id}(body)`;
  const change = (rule: string, level: Level, action: Change["action"], detail: string): Change => ({
    rule: `request-body-${rule}`,
    level,
    subject: "body",
    action,
    place,
    detail,
  });
  const was = old.model.body;
  const is = now.model.body;
  if (!was && !is) return [];
  if (!was)
    return [
      is?.required
        ? change("added-required", "major", "added", "required")
        : change("added", "minor", "added", "optional"),
    ];
  if (!is) return [change("removed", "major", "removed", was.mediaType)];
  return [
    ...(was.required === is.required
      ? []
      : // The body moves between an argument of its own and the options.
        [
          is.required
            ? change("became-required", "major", "changed", "now required")
            : change("became-optional", "major", "changed", "now optional"),
        ]),
    ...(was.mediaType === is.mediaType
      ? []
      : [change("media-type-changed", "patch", "changed", `from ${was.mediaType} to ${is.mediaType}`)]),
    ...compareSchemas(documents, old.body ?? {}, now.body ?? {}, { place, position: REQUEST }),
  ];
}

function compareAnswers(documents: Documents, old: Read, now: Read): Change[] {
  const changes: Change[] = [];
  for (const status of new Set([...Object.keys(old.responses), ...Object.keys(now.responses)])) {
    const was = old.responses[status];
    const is = now.responses[status];
    const place = `${now.model.id} -> ${status}`;
    const change = (rule: string, level: Level, action: Change["action"]): void => {
      changes.push({ rule: `status-${rule}`, level, subject: "status", action, place, detail: "" });
    };
    if (!was && isUnion(now, status)) change("added-to-union", "major", "added");
    else if (!was) change("added", "minor", "added");
    else if (!is) change("removed", "major", "removed");
    else {
      changes.push(...compareHeaders(was, is, place));
      if (Number(status) < 400) changes.push(...compareContent(documents, was, is, place));
    }
  }
  return changes;
}

/** Another successful status with a different body makes the type of the answer a union. */
function isUnion({ model, responses }: Read, status: string): boolean {
  if (Number(status) >= 400 || model.kind !== "json") return false;
  return Object.keys(responses).some((other) => other !== status && Number(other) < 400);
}

function compareHeaders(was: Response, is: Response, place: string): Change[] {
  const before = Object.keys(was.headers ?? {});
  const after = Object.keys(is.headers ?? {});
  const change = (name: string, level: Level, action: Change["action"]): Change => ({
    rule: `response-header-${action}`,
    level,
    subject: "header",
    action,
    place: `${place} ${name}`,
    detail: "",
  });
  return [
    ...after.filter((name) => !before.includes(name)).map((name) => change(name, "minor", "added")),
    ...before.filter((name) => !after.includes(name)).map((name) => change(name, "major", "removed")),
  ];
}

function compareContent(documents: Documents, was: Response, is: Response, place: string): Change[] {
  const [before] = Object.values(was.content ?? {});
  const [after] = Object.values(is.content ?? {});
  const change = (action: Change["action"], detail: string): Change[] => [
    { rule: `response-body-${action}`, level: "major", subject: "body", action, place, detail },
  ];
  if (!before && !after) return [];
  if (!before) return change("added", "the answer now has a body");
  if (!after) return change("removed", "the answer no longer has a body");
  return compareSchemas(documents, before.schema ?? {}, after.schema ?? {}, { place, position: RESPONSE });
}
