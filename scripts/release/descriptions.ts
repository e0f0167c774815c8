/** The description of an API version in one file, as tools outside of the package read it. */
import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { isObject, type OpenApi, resolve } from "../spec/openapi.js";

/**
 * Reads a description that refers to the paths and components of another version's, as those in generated/ do, and puts these
 * in its place.
 *
 * @param read Returns the text of a file, by its path with slashes.
 */
export async function wholeDescription(
  path: string,
  read: (path: string) => Promise<string> = (path) => readFile(path, "utf8"),
): Promise<OpenApi> {
  const document = JSON.parse(await read(path)) as OpenApi;
  const bases = new Map<string, Promise<OpenApi>>();
  const whole = async (value: unknown): Promise<unknown> => {
    const [, file = "", place = ""] = (isObject(value) && /^([^#]+)(#.+)$/.exec(String(value.$ref))) || [];
    if (file === "") return value;
    const base = posix.join(posix.dirname(path), file);
    const other = bases.get(base) ?? wholeDescription(base, read);
    bases.set(base, other);
    const found = resolve(await other, place);
    if (found === undefined) throw new Error(`${path} refers to ${file}${place}, which is not there.`);
    return found;
  };
  const all = async (values: object): Promise<object> =>
    Object.fromEntries(
      await Promise.all(Object.entries(values).map(async ([name, value]) => [name, await whole(value)])),
    );
  const components = Object.entries(document.components ?? {}).map(async ([kind, values]) => [
    kind,
    await all(values as object),
  ]);
  return {
    ...document,
    paths: await all(document.paths ?? {}),
    components: Object.fromEntries(await Promise.all(components)),
  } as OpenApi;
}
