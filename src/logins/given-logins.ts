import type { AuthConfig } from "#generated/schema.js";
import { waitWithin } from "../abort.js";
import { ConfigError } from "../errors.js";
import { reasonOf } from "../members.js";
import { readLogin } from "../operation/index.js";
import type { Credentials } from "../options.js";
import { quote } from "../quote.js";
import type { Login, LoginStore } from "./login.js";
import { hostOf, serverAddressOf } from "./registry-host.js";

/** The logins that the option `credentials` returns, instead of all others. */
export class GivenLogins implements LoginStore {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  async find(registry: string, signal?: AbortSignal): Promise<Login | undefined> {
    const host = hostOf(registry);
    const where = `The option credentials, called for ${quote(host)},`;
    const login = await waitWithin(this.#ask(host, where), { signal }, where);
    if (login === undefined || login === null) return undefined;
    return withServerAddress(readGiven(login, where), host);
  }

  configuredHosts(): readonly string[] {
    return [];
  }

  async store(): Promise<never> {
    throw replaced();
  }

  async erase(): Promise<never> {
    throw replaced();
  }

  async #ask(host: string, where: string): Promise<unknown> {
    try {
      return await this.#credentials(host);
    } catch (cause) {
      throw new ConfigError(`${where} failed${reasonOf(cause)}`, { cause });
    }
  }
}

const replaced = (): ConfigError =>
  new ConfigError(
    "The option credentials replaces stored logins, so logging in or out would have no effect. Use a client without it.",
  );

/** @throws {ConfigError} it is not a login */
function readGiven(login: unknown, where: string): AuthConfig {
  try {
    return readLogin(login, where);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

/** A login for a registry; it names another registry itself if it is for that one. */
export const withServerAddress = (login: AuthConfig, host: string): Login => ({
  ...login,
  serveraddress: login.serveraddress || serverAddressOf(hostOf(host)),
});
