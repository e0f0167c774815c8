import { ArgumentError } from "../../errors.js";
import { kindOf } from "../../members.js";
import { quote } from "../../quote.js";

/** Escapes to undo: ":" and "@" are safe in a path, frequent in image names, and compared literally by proxies. */
const KEPT = /%(?:3A|40)/g;
/** Most names and IDs: nothing in them is escaped or refused. */
const PLAIN = /^\w[\w.:@-]*(?:\/\w[\w.:@-]*)*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: matching them is the purpose
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Fills a path template. Slashes and colons of image names stay unescaped. Values that would address another resource
 * are refused: empty ones, "." and ".." segments, control characters.
 */
export function writePath(
  template: string,
  values: Readonly<Record<string, unknown>>,
  operation: string,
): string {
  if (!template.includes("{")) return template;
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => writeValue(name, values[name], operation));
}

function writeValue(name: string, value: unknown, operation: string): string {
  const fail = (problem: string): never => {
    throw new ArgumentError(`${operation}: ${name} ${problem}`);
  };
  if (typeof value === "string" && PLAIN.test(value)) return value;
  if (typeof value !== "string") return fail(`must be a string, not ${kindOf(value)}`);
  if (value === "") return fail("is empty; give a name or an ID");
  if (CONTROL.test(value)) return fail(`${quote(value)} contains a control character`);
  if (!value.isWellFormed()) return fail(`${quote(value)} is not valid Unicode`);
  return value
    .split("/")
    .map((segment) => {
      if (segment === "")
        return fail(`${quote(value)} has an empty segment; remove leading, trailing and double slashes`);
      if (segment === "." || segment === "..")
        return fail(`${quote(value)} has the segment "${segment}", which is not a name`);
      return encodeURIComponent(segment).replace(KEPT, decodeURIComponent);
    })
    .join("/");
}
