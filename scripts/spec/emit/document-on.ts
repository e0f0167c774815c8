import { isObject, type OpenApi } from "../openapi.js";
import type { Neighbor } from "./base.js";
import { type Declaration, difference } from "./declaration.js";

type Values = Record<string, unknown>;

/**
 * A description on the base of another: paths and components that are the same in both become references to the base's
 * openapi.json. It stays a description that any tool for OpenAPI can read.
 */
export function documentOn(document: OpenApi, { model, path }: Neighbor): OpenApi {
  const { same } = difference(partsOf(document), partsOf(model.document));
  const isSame = new Set(same);
  const referred = (values: Values, pointer: string): Values =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const place = `${pointer}/${escaped(name)}`;
        return [name, isSame.has(place) ? { $ref: `${path}openapi.json${place}` } : value];
      }),
    );
  return {
    ...document,
    paths: referred((document.paths ?? {}) as Values, "#/paths"),
    components: Object.fromEntries(
      Object.entries(document.components ?? {}).map(([kind, values]) => [
        kind,
        referred(values as Values, `#/components/${kind}`),
      ]),
    ),
  } as OpenApi;
}

/** The paths and components of a document, by their pointers. */
const partsOf = ({ paths = {}, components = {} }: OpenApi): Declaration[] =>
  [
    ["#/paths", paths],
    ...Object.entries(components).map(([kind, values]) => [`#/components/${kind}`, values]),
  ].flatMap(([pointer, values]) =>
    Object.entries(values as Values).map(([name, value]) => ({
      name: `${pointer}/${escaped(name)}`,
      text: JSON.stringify(value),
      uses: [...references(value)],
    })),
  );

function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  if (isObject(value)) {
    if (typeof value.$ref === "string") found.add(value.$ref);
    for (const child of Object.values(value)) references(child, found);
  }
  return found;
}

/** A key as a step of a JSON pointer. */
export const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");
