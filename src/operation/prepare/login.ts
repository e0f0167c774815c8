import type { AuthConfig } from "#generated/schema.js";
import { isObject, kindOf, unknownOption } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";

const MEMBERS = Object.keys({
  username: 0,
  password: 0,
  email: 0,
  serveraddress: 0,
  identitytoken: 0,
  registrytoken: 0,
  auth: 0,
} satisfies Record<keyof Required<AuthConfig>, 0>);

/** Checks a login: the Engine would ignore a misspelt member and contact the registry without it. Quotes no value. */
export function checkLogin(login: unknown, where: string): void {
  if (!isObject(login)) {
    throw new ArgumentError(
      `${where} must be an object such as { username, password }, not ${kindOf(login)}`,
    );
  }
  for (const [name, value] of Object.entries(login)) {
    if (!MEMBERS.includes(name)) throw new ArgumentError(`${where}: ${unknownOption(name, MEMBERS)}`);
    if (value === undefined || value === null || typeof value === "string") continue;
    throw new ArgumentError(`${where}: ${name} must be a string, not ${kindOf(value)}`);
  }
}

/** Checks logins by registry. */
export function checkLogins(logins: unknown, where: string): void {
  if (!isObject(logins)) {
    throw new ArgumentError(`${where} must be an object of logins by registry, not ${kindOf(logins)}`);
  }
  for (const [registry, login] of Object.entries(logins)) checkLogin(login, `${where}, ${registry}`);
}
