import type { AuthConfig } from "#generated/schema.js";
import { checkOptions, describe, type Rule, type Rules, rule } from "../../arguments.js";
import { ArgumentError, EngineError, isEngineError } from "../../errors.js";
import { HUB, hostOf, type LoginStore, serverAddressOf } from "../../logins/index.js";
import type { Equivalents } from "../../unknown-option.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";

/** A user and password, or an identity token, for `docker.login`. */
export type LoginCredentials = Pick<AuthConfig, "username" | "password" | "identitytoken">;

/** Result of `docker.login`. */
export interface LoginResult {
  /** The Engine's message, such as "Login Succeeded". */
  readonly status: string;
  /** Where the login is stored: the path of config.json, unencrypted, or a helper such as "docker-credential-pass". */
  readonly storedIn: string;
}

const TEXT: Rule = { ...rule.text, secret: true };

const RULES: Rules<LoginCredentials> = { username: TEXT, password: TEXT, identitytoken: TEXT };

const EQUIVALENTS: Equivalents = {
  identityToken: "identitytoken",
  user: "username",
  serveraddress: { advice: "pass the registry as the first argument" },
  auth: "username and password",
};

/** Checks a login with the Engine and stores it; see `docker.login`. */
export async function login(
  docker: EngineClient,
  logins: LoginStore,
  registry: string | undefined,
  credentials: LoginCredentials,
  limits: Limits = {},
): Promise<LoginResult> {
  const host = registryHost(registry, "login");
  const serveraddress = serverAddressOf(host);
  const given = checkOptions(credentials, RULES, { where: "login", equivalents: EQUIVALENTS });
  checkCredentials(given);
  const { signal, timeout } = checkOptions(limits, LIMIT_RULES, { where: "login" });
  return withLimits("login", { signal, timeout }, async (ending) => {
    const answer = await docker
      .systemAuth({ ...given, serveraddress }, { signal: ending })
      .catch((error: unknown) => {
        throw isEngineError(error) ? failedLogin(error, host, given) : error;
      });
    const { username } = given;
    // Some registries give a token, so that the password need not be kept.
    const identitytoken = answer?.IdentityToken || given.identitytoken;
    const kept = identitytoken ? { username, identitytoken } : given;
    const storedIn = await logins.store({ ...kept, serveraddress }, ending);
    return { status: answer?.Status ?? "Login Succeeded", storedIn };
  });
}

/** How registries report a wrong login. Engines pass that on with a status of 401 or 500. */
const REFUSED = /unauthorized|incorrect username|invalid username|authentication required|access denied/i;

/** The Engine's error, worded as a failed login. */
function failedLogin(error: EngineError, host: string, { identitytoken }: LoginCredentials): EngineError {
  const isRefused = error.status === 401 || REFUSED.test(error.message);
  const given = identitytoken ? "identitytoken" : "username or password";
  const problem = isRefused ? `${host} refused the ${given}` : `the Engine could not log in to ${host}`;
  return new EngineError(error, undefined, `login: ${problem}`);
}

/** Forgets a login; see `docker.logout`. */
export async function logout(
  logins: LoginStore,
  registry: string | undefined,
  limits: Limits = {},
): Promise<void> {
  const host = registryHost(registry, "logout");
  const { signal, timeout } = checkOptions(limits, LIMIT_RULES, { where: "logout" });
  await withLimits("logout", { signal, timeout }, (ending) => logins.erase(host, ending));
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** The host of a registry. @throws {ArgumentError} it is not a host; the message hides a login in it */
export function registryHost(registry: string | undefined, workflow: string): string {
  const host = typeof registry === "string" ? hostOf(registry) : registry === undefined ? HUB : "";
  if (HOST.test(host)) return host;
  const shown = typeof registry === "string" ? registry.replace(/[^/]*@/, "***@") : registry;
  throw new ArgumentError(
    `${workflow}: the registry must be a host such as "registry.example:5000", not ${describe(shown)}`,
  );
}

/** Quotes nothing: a password may have been given as the user. */
function checkCredentials({ username, password, identitytoken }: LoginCredentials): void {
  const fail = (problem: string): never => {
    throw new ArgumentError(`login: ${problem}`);
  };
  if (identitytoken && password) fail("pass either a password or an identitytoken");
  if (!identitytoken && !(username && password)) fail("pass a username and a password, or an identitytoken");
  // It is stored, and sent to the registry, as username:password.
  if (username?.includes(":")) fail("a username cannot contain a colon");
}
