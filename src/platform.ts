import type { RequestedPlatform as Platform } from "#generated/schema.js";
import { reading } from "./arguments.js";
import { ArgumentError } from "./errors.js";
import { readMembers } from "./members.js";
import { quote } from "./quote.js";

const FORM = 'Give "os/arch[/variant]", such as "linux/arm64", or { os, architecture, variant? }.';

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

/** Checks by member of a platform. */
const MEMBERS: { readonly [Name in keyof Required<Platform>]: (value: unknown) => boolean } = {
  os: isText,
  architecture: isText,
  variant: (value) => value === undefined || typeof value === "string",
  "os.version": (value) => value === undefined || typeof value === "string",
  "os.features": (value) => value === undefined || (Array.isArray(value) && value.every(isText)),
};

/** Parses and checks a platform in either form: the Engine would ignore a misspelt key. */
export function readPlatform(platform: Platform | string, operation: string): Platform {
  return reading(operation, () =>
    typeof platform === "string" ? parse(platform, operation) : check(platform, operation),
  );
}

/** A platform as text, `os/arch[/variant]`. */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}

function parse(text: string, operation: string): Platform {
  const [os, architecture, variant, ...rest] = text.split("/");
  if (!os || !architecture || variant === "" || rest.length > 0) {
    throw new ArgumentError(
      `${operation}: the platform ${quote(text)} is not of the form os/arch[/variant]. ${FORM}`,
    );
  }
  return { os, architecture, ...(variant ? { variant } : {}) };
}

function check(platform: unknown, operation: string): Platform {
  const fail = (problem: string): never => {
    throw new ArgumentError(`${operation}: the platform ${problem}. ${FORM}`);
  };
  const copy = readMembers(platform, Object.keys(MEMBERS), fail, "a string or an object");
  const unknown = Object.keys(copy).find((key) => !Object.hasOwn(MEMBERS, key));
  if (unknown !== undefined) return fail(`has the unknown key ${quote(unknown)}`);
  for (const [key, holds] of Object.entries(MEMBERS)) {
    if (!holds(copy[key])) return fail(copy[key] === undefined ? `has no ${key}` : `has an invalid ${key}`);
  }
  return copy as unknown as Platform;
}
