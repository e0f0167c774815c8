import type { Path } from "../correct/apply-overlay.js";
import { copyOf, type OpenApi, operationsOf, type Parameter } from "../openapi.js";
import { valueAt } from "./swagger-changes.js";

/** Where the index of a parameter is in a path: paths, address, method, "parameters", index. */
const [LIST, INDEX] = [3, 4];

const nameOf = ({ in: where, name }: Parameter): string => `${where} ${name}`;

/** A place in a document, with the name of a parameter for its index, which moves when another is removed. */
export function placeByName(document: OpenApi, place: Path): Path {
  if (place[0] !== "paths" || place[LIST] !== "parameters" || place.length <= INDEX) return place;
  const parameter = valueAt(document, place.slice(0, INDEX + 1)) as Parameter;
  return place.with(INDEX, nameOf(parameter));
}

/** A copy of a document in which operations have their parameters by name, without what is so by default. */
export function parametersByName(document: OpenApi): OpenApi {
  const copy = copyOf(document);
  for (const { operation } of operationsOf(copy)) {
    const parameters = (operation.parameters ?? []) as Parameter[];
    operation.parameters = Object.fromEntries(
      parameters.map((one) => [nameOf(one), withoutDefault(one)]),
    ) as never;
  }
  return copy;
}

/** A list in a query is written with one key per item unless it says otherwise. */
function withoutDefault(parameter: Parameter): Parameter {
  const { explode, style, ...rest } = parameter;
  return parameter.in === "query" && explode === true && (style ?? "form") === "form" ? rest : parameter;
}
