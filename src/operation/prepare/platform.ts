import type { RequestedPlatform as Platform } from "../../../generated/schema.js";
import { ArgumentError } from "../../errors.js";

const KEYS = new Set(["os", "architecture", "variant", "os.version", "os.features"]);
const FORM = 'Give "os/arch[/variant]", such as "linux/arm64", or { os, architecture, variant? }.';

/** Reads a platform in either form and checks it: the Engine would ignore a misspelt key. */
export function readPlatform(platform: Platform | string, operation: string): Platform {
  const fail = (problem: string): never => {
    throw new ArgumentError(`${operation}: the platform ${JSON.stringify(platform)} ${problem}. ${FORM}`);
  };
  if (typeof platform === "string") {
    const [os, architecture, variant, ...rest] = platform.split("/");
    if (!os || !architecture || variant === "" || rest.length > 0)
      return fail("is not of the form os/arch[/variant]");
    return { os, architecture, ...(variant ? { variant } : {}) };
  }
  if (typeof platform !== "object" || platform === null || Array.isArray(platform))
    return fail("is not an object");
  const unknown = Object.keys(platform).find((key) => !KEYS.has(key));
  if (unknown) return fail(`has the unknown key ${JSON.stringify(unknown)}`);
  for (const key of ["os", "architecture"] as const) {
    if (typeof platform[key] !== "string" || platform[key] === "") return fail(`has no ${key}`);
  }
  return platform;
}
