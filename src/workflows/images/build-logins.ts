import { ConfigError } from "../../errors.js";
import { HUB, hostOf, type Login, type Logins, registryOf, withServerAddress } from "../../logins/index.js";
import { isObject } from "../../members.js";
import { readLogin } from "../../operation/index.js";
import type { BuildOptions } from "./build-options.js";
import { valuesOf } from "./build-rules.js";
import { registryHost } from "./login.js";

/** The logins of a build: the given ones and, for other registries, those that the client finds. */
export class BuildLogins {
  readonly #given: ReadonlyMap<string, Login>;
  /** Undefined if no others may be used. */
  readonly #others: Logins | undefined;

  /** @throws {ArgumentError} a login is invalid */
  constructor(given: BuildOptions["logins"], others: Logins) {
    const logins = Object.entries(
      valuesOf(given || {}, "logins", "a login such as { username, password }", isObject),
    );
    this.#given = new Map(
      logins.map(([registry, login]) => {
        const host = registryHost(registry, "build: the option logins");
        return [host, withServerAddress(readLogin(login, `build: the option logins, ${host}:`), host)];
      }),
    );
    this.#others = given === false ? undefined : others;
  }

  /** The login for a registry; undefined if there is none. */
  async find(host: string, signal: AbortSignal): Promise<Login | undefined> {
    return this.#given.get(hostOf(host)) ?? this.#others?.find(hostOf(host), signal);
  }

  /**
   * All logins that a build may need, by registry, for a builder that cannot ask.
   *
   * @param images the images it builds on; if unknown, all configured logins may be needed
   */
  async forImages(
    images: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<Record<string, Login> | undefined> {
    const found = await (images ? this.#ofImages(images, signal) : this.#configured(signal));
    const logins = found.filter((login) => login !== undefined);
    if (logins.length === 0) return undefined;
    return Object.fromEntries(logins.map((login) => [login.serveraddress, login]));
  }

  #ofImages(images: readonly string[], signal: AbortSignal): Promise<(Login | undefined)[]> {
    const hosts = new Set([...this.#given.keys(), ...images.map(registryOf)]);
    return Promise.all([...hosts].map((host) => this.find(host, signal)));
  }

  /** As with the docker CLI, a login that cannot be found does not matter: the build may not need it. */
  #configured(signal: AbortSignal): Promise<(Login | undefined)[]> {
    const configured = this.#others?.configuredHosts() ?? [];
    const hosts = new Set([HUB, ...this.#given.keys(), ...configured.map(hostOf)]);
    return Promise.all(
      [...hosts].map((host) =>
        this.find(host, signal).catch((error: unknown) => {
          if (error instanceof ConfigError) return undefined;
          throw error;
        }),
      ),
    );
  }
}
