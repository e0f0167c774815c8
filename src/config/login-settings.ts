import { ConfigError } from "../errors.js";
import { isObject, kindOf } from "../members.js";
import { quote } from "../quote.js";
import { configFile } from "./config-file.js";
import { defaultHelper } from "./default-helper.js";
import { type ConfigInput, checkEnvironment, readJson } from "./machine.js";

/** A login as it is stored, with its password decoded. Empty if only a helper has it. */
export interface StoredLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** The CLI's settings for logins. Keys are registries as written: hosts, or URLs in old files. */
export interface LoginSettings {
  /** Path of config.json, whether or not it exists. */
  readonly file: string;
  /** `auths` of DOCKER_AUTH_CONFIG. */
  readonly environment: ReadonlyMap<string, StoredLogin>;
  /** `auths` of config.json. */
  readonly auths: ReadonlyMap<string, StoredLogin>;
  /** Names of helpers by registry; an empty name means none. */
  readonly credHelpers: ReadonlyMap<string, string>;
  /** Name of the helper for all other registries. */
  readonly credsStore: string | undefined;
  /** Name of the platform's helper, if it is installed and nothing else is configured. */
  readonly defaultHelper: string | undefined;
}

/** Throws the error for a problem; never quotes a value, which may be a secret. */
type Fail = (problem: string) => never;

/**
 * Reads the settings for logins from config.json and DOCKER_AUTH_CONFIG. As in the CLI, a machine without any setting uses its
 * platform's helper, if that is installed.
 *
 * @throws {ConfigError} the file cannot be read, or something in either is malformed
 */
export function readLoginSettings(input: ConfigInput): LoginSettings {
  checkEnvironment(input.env);
  const file = configFile(input);
  const content = readJson(input, file) ?? {};
  const fail: Fail = (problem) => {
    throw new ConfigError(`${problem} in ${file}. Fix it, or log in again.`);
  };
  const auths = new Map(
    members(content.auths, "auths", fail).map(([registry, entry]) => [
      registry,
      storedLogin(entry, `auths[${quote(registry)}]`, fail),
    ]),
  );
  const credHelpers = new Map(
    members(content.credHelpers, "credHelpers", fail).map(([registry, name]) => [
      registry,
      helperName(name, `credHelpers[${quote(registry)}]`, fail),
    ]),
  );
  const credsStore = helperName(content.credsStore ?? "", "credsStore", fail) || undefined;
  const unset = credsStore === undefined && auths.size === 0 && credHelpers.size === 0;
  return {
    file,
    environment: environmentLogins(input),
    auths,
    credHelpers,
    credsStore,
    defaultHelper: unset ? defaultHelper(input) : undefined,
  };
}

/** DOCKER_AUTH_CONFIG, which may hold nothing but `auths.*.auth`. */
function environmentLogins({ env }: ConfigInput): ReadonlyMap<string, StoredLogin> {
  const text = env.DOCKER_AUTH_CONFIG ?? "";
  const fail: Fail = (problem) => {
    throw new ConfigError(
      `${problem} in DOCKER_AUTH_CONFIG. Write {"auths":{"registry.example":{"auth":"…"}}}, ` +
        "with base64 of username:password, or unset the variable.",
    );
  };
  if (text.trim() === "") return new Map();
  const content = members(parsed(text, fail), "the JSON", fail);
  const other = content.find(([name]) => name !== "auths");
  if (other) return fail(`${quote(other[0])} is not supported`);
  return new Map(
    members(content[0]?.[1], "auths", fail).map(([registry, entry]) => {
      const place = `auths[${quote(registry)}]`;
      const [unknown] = members(entry, place, fail).filter(([name]) => name !== "auth");
      if (unknown) return fail(`${place} has ${quote(unknown[0])}, which is not supported,`);
      const login = storedLogin(entry, place, fail);
      return login.username === undefined ? fail(`${place} has no auth`) : [registry, login];
    }),
  );
}

function parsed(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause, which quotes the text.
    return fail("The JSON is invalid");
  }
}

/** The members of an object that may be missing. */
function members(value: unknown, place: string, fail: Fail): [name: string, value: unknown][] {
  if (value === undefined || value === null) return [];
  return isObject(value) ? Object.entries(value) : fail(`${place} must be an object, not ${kindOf(value)},`);
}

const MEMBERS = ["username", "password", "identitytoken", "registrytoken", "auth"] as const;

/** An entry of `auths`; its other members do not matter to a login. */
function storedLogin(entry: unknown, place: string, fail: Fail): StoredLogin {
  const all: Record<string, unknown> = Object.fromEntries(members(entry, place, fail));
  const texts: Partial<Record<(typeof MEMBERS)[number], string>> = {};
  for (const name of MEMBERS) {
    const value = all[name] ?? "";
    if (typeof value !== "string") return fail(`${name} of ${place} must be a string, not ${kindOf(value)},`);
    if (value !== "") texts[name] = value;
  }
  const { auth, ...login } = texts;
  return auth === undefined ? login : { ...login, ...decoded(auth, place, fail) };
}

const BASE64 = /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/;

/** `username:password`; only a password may contain further colons. */
function decoded(auth: string, place: string, fail: Fail): Pick<StoredLogin, "username" | "password"> {
  const base64 = auth.replace(/[\r\n]/g, "");
  const text = BASE64.test(base64) ? Buffer.from(base64, "base64").toString("utf8") : "";
  const [, username, password] = /^([^:]+):(.*)$/s.exec(text) ?? [];
  if (username === undefined || password === undefined) {
    return fail(`auth of ${place} is not base64 of "username:password"`);
  }
  // Some tools pad with zeros.
  const plain = password.replace(/^\0+|\0+$/g, "");
  return plain === "" ? { username } : { username, password: plain };
}

/** It becomes part of a program's name, which must not lead to another folder. */
function helperName(name: unknown, place: string, fail: Fail): string {
  if (typeof name !== "string") return fail(`${place} must be a string, not ${kindOf(name)},`);
  if (/^[\w.-]*$/.test(name)) return name;
  return fail(
    `${place} must be the NAME of a program docker-credential-NAME, without a path, not ${quote(name)},`,
  );
}
