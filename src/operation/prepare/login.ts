import type { AuthConfig } from "#generated/schema.js";
import { ArgumentError } from "../../errors.js";
import { kindOf, readMembers } from "../../members.js";
import { shownName } from "../../quote.js";
import { unknownOption } from "../../unknown-option.js";

/** Members in any API version: those before 1.52 know `email`. */
const MEMBERS = Object.keys({
  username: 0,
  password: 0,
  email: 0,
  serveraddress: 0,
  identitytoken: 0,
  registrytoken: 0,
  auth: 0,
} satisfies Record<keyof Required<AuthConfig> | "email", 0>);

/**
 * Reads and checks a login: the Engine would ignore a misspelt member and contact the registry without it. Quotes no
 * value.
 */
export function readLogin(login: unknown, where: string): Readonly<Record<string, unknown>> {
  const fail = (problem: string): never => {
    throw new ArgumentError(`${where} ${problem}`);
  };
  const members = readMembers(login, MEMBERS, fail, "an object such as { username, password }");
  for (const [name, value] of Object.entries(members)) {
    if (!MEMBERS.includes(name)) throw new ArgumentError(`${where}: ${unknownOption(name, MEMBERS)}`);
    if (value === undefined || value === null || typeof value === "string") continue;
    throw new ArgumentError(`${where}: ${name} must be a string, not ${kindOf(value)}`);
  }
  return members;
}

/** Reads and checks logins by registry. */
export function readLogins(logins: unknown, where: string): Readonly<Record<string, unknown>> {
  const fail = (problem: string): never => {
    throw new ArgumentError(`${where} ${problem}`);
  };
  const members = readMembers(logins, [], fail, "an object of logins by registry");
  return Object.fromEntries(
    Object.entries(members).map(([registry, login]) => [
      registry,
      readLogin(login, `${where}, ${shownName(registry)}`),
    ]),
  );
}
