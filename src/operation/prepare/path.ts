import { quote } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";

/** Printable and harmless in a path; image names are full of them, and proxies compare them as written. */
const KEPT = /%(?:3A|40)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Writes path parameters into a path template. Slashes and colons of image names stay as they are. A value that
 * would change which resource is meant is refused: empty, a "." or ".." segment, a control character.
 */
export function writePath(
  template: string,
  values: Readonly<Record<string, unknown>>,
  operation: string,
): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => writeValue(name, values[name], operation));
}

function writeValue(name: string, value: unknown, operation: string): string {
  const fail = (problem: string): never => {
    throw new ArgumentError(`${operation}: ${name} ${problem}`);
  };
  if (typeof value !== "string")
    return fail(`must be a string, not ${value === null ? "null" : typeof value}`);
  if (value === "") return fail("is empty; give a name or an ID");
  const shown = quote(value);
  if (CONTROL.test(value)) return fail(`${shown} has a control character in it`);
  if (!value.isWellFormed()) return fail(`${shown} is not valid Unicode`);
  return value
    .split("/")
    .map((segment) => {
      if (segment === "")
        return fail(`${shown} has an empty segment; leave out leading, trailing and double slashes`);
      if (segment === "." || segment === "..")
        return fail(`${shown} has the segment "${segment}", which is no name`);
      return encodeURIComponent(segment).replace(KEPT, decodeURIComponent);
    })
    .join("/");
}
