import type { Parameter } from "../openapi.js";
import type { Report } from "../report.js";
import { type TypedSchema, typeText } from "./type-text.js";

/** How a query or header value is encoded. */
export const parameterEncodings = [
  "text",
  "json",
  "repeat",
  "repeat-json",
  "comma",
  "base64url",
  "filters",
  "time",
] as const;
export type ParameterEncoding = (typeof parameterEncodings)[number];

/** What the emitters need to know about a parameter of the query or a header. */
export interface ParameterModel {
  readonly name: string;
  readonly encoding: ParameterEncoding;
  readonly required: boolean;
  /** Its type by the names of schema.ts. */
  readonly type: string;
  /** The API version that introduced it, if supported Engines lack it. */
  readonly since: string | undefined;
  /** The API version since which it may have several values, if it had one before. */
  readonly severalSince: string | undefined;
}

/** The arguments a method has besides its path parameters. */
const METHOD_ARGUMENTS = new Set(["body", "options", "request"]);

/** Reads the path parameters, in the path's order. */
export function readPath(
  path: string,
  parameters: readonly Parameter[],
  fail: Report,
): { readonly names: string[]; readonly template: string } {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name as string);
  const declared = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  if ([...names].sort().join() !== [...declared].sort().join()) {
    fail(
      `declares the path parameters ${declared.join(", ") || "(none)"}; its path has ${names.join(", ") || "(none)"}.`,
    );
  }
  let template = path;
  const usable = names.map((name) => {
    if (/^[A-Za-z_$][\w$]*$/.test(name) && !METHOD_ARGUMENTS.has(name)) return name;
    fail(`has the path parameter "${name}", which cannot be an argument of its method.`);
    const renamed = `path_${name.replace(/\W/g, "_")}`;
    template = template.replace(`{${name}}`, `{${renamed}}`);
    return renamed;
  });
  return { names: usable, template };
}

/** Reads a parameter of the query or a header. */
export function readParameter(parameter: Parameter, fail: Report): ParameterModel {
  const { name, required = false, "x-since": since } = parameter;
  const isVersion = since === undefined || /^\d+\.\d+$/.test(since);
  if (!isVersion) fail(`has the parameter ${name} with the x-since "${since}", which is not an API version.`);
  const [content] = Object.values(parameter.content ?? {}) as { schema?: TypedSchema }[];
  const type = typeText(content?.schema ?? (parameter.schema as TypedSchema | undefined) ?? {}) ?? "unknown";
  return {
    name,
    encoding: readEncoding(parameter, fail),
    required,
    type,
    since: isVersion ? since : undefined,
    severalSince: parameter["x-several-since"],
  };
}

function readEncoding(parameter: Parameter, fail: Report): ParameterEncoding {
  const stated = parameter["x-encoding"];
  if (stated) {
    const known = parameterEncodings.find((encoding) => encoding === stated);
    if (!known) fail(`has the parameter ${parameter.name} with the unknown x-encoding "${stated}".`);
    return known ?? "text";
  }
  const mediaTypes = Object.keys(parameter.content ?? {});
  if (mediaTypes.length > 0) {
    if (mediaTypes.join() !== "application/json") {
      fail(
        `has the parameter ${parameter.name} as ${mediaTypes.join(", ")}; only application/json is known.`,
      );
    }
    return "json";
  }
  if (parameter.schema?.type !== "array") return "text";
  return parameter.explode === false ? "comma" : "repeat";
}
