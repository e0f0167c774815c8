import type { AuthConfig } from "#generated/schema.js";

/** A login that says which registry it is for. An Engine would take one without a registry for Docker Hub's. */
export interface Login extends AuthConfig {
  /** The registry's host, or "https://index.docker.io/v1/" for Docker Hub. */
  readonly serveraddress: string;
}

/** A source of logins. */
export interface Logins {
  /**
   * The login for a registry; undefined if there is none.
   *
   * @param host host and port; "docker.io" means Docker Hub
   * @throws {ConfigError} the configuration is malformed, or a helper it names fails
   * @throws {AbortedError} the signal fired
   */
  find(host: string, signal?: AbortSignal): Promise<Login | undefined>;
  /** The registries that the configuration names. A helper may know more, but is not asked for them. */
  configuredHosts(): readonly string[];
}

/** Logins that can be changed. */
export interface LoginStore extends Logins {
  /**
   * Stores a login: with the registry's helper, or else in config.json.
   *
   * @returns the program or the file that has it now
   * @throws {ConfigError} a stored login would have no effect, the helper fails, or the file cannot be written
   * @throws {AbortedError} the signal fired
   */
  store(login: Login, signal?: AbortSignal): Promise<string>;
  /** Removes a registry's login from its helper and from config.json. Throws like `store`. */
  erase(host: string, signal?: AbortSignal): Promise<void>;
}
