import type { Duplex } from "node:stream";
import type { AuthConfig } from "#generated/schema.js";

/**
 * Opens a connection to the Engine: a net.Socket, a TLS socket, or the stream of a tunnel or process. Called once per
 * connection; `signal` fires if the wait for the connection is abandoned.
 */
export type Connect = (signal: AbortSignal) => Duplex | Promise<Duplex>;

/**
 * Finds the login for a registry: its host and port, such as "registry.example:5000", or "docker.io" for Docker Hub. Returns
 * undefined if there is none.
 */
export type Credentials = (host: string) => AuthConfig | undefined | Promise<AuthConfig | undefined>;

/** TLS for a tcp:// or https:// host. An empty object uses the platform's certificate authorities. */
export interface TlsOptions {
  /** Certificate authorities to trust, as PEM; the platform's by default. */
  readonly ca?: Buffer | string | undefined;
  /** The client's certificate, as PEM; needs `key`. */
  readonly cert?: Buffer | string | undefined;
  /** The client's private key, as unencrypted PEM; needs `cert`. */
  readonly key?: Buffer | string | undefined;
  /** A folder with ca.pem and, for a client certificate, cert.pem and key.pem. The options above take precedence. */
  readonly folder?: string | undefined;
  /** Whether to verify the Engine's certificate; true by default. If false, anyone on the network can read and alter the traffic. */
  readonly verify?: boolean | undefined;
}

/** Where the Engine is and how to talk to it. Every option has a default. */
export interface DockerOptions {
  /**
   * The Engine's address: `unix:///path`, `npipe:////./pipe/name`, `tcp://host[:port][/base]`, `http://…` and
   * `https://…` likewise, or `ssh://[user@]host[:port][/path/to.sock]`, which runs the system's `ssh` and
   * `docker system dial-stdio` on the other side. Defaults to the docker CLI's choice: DOCKER_HOST, DOCKER_CONTEXT,
   * the current context, or the platform's socket.
   */
  readonly host?: string | undefined;
  /** Name of a docker CLI context; its address and TLS files are read from the CLI's folder. */
  readonly context?: string | undefined;
  /**
   * Opens connections to the Engine where `host` is not enough. Called whenever a connection is needed, for ordinary and upgraded
   * calls and for WebSockets; those of ordinary calls are reused. The signal fires if the wait for the connection is abandoned.
   * Anything it throws becomes a ConnectionError. If the stream has `ref` and `unref`, they are called so that an idle connection
   * does not keep the process alive. Cannot be combined with `host`, `context` or `tls`.
   *
   * @example
   * const docker = new Docker({ connect: () => net.connect("/run/user/1000/tunnel.sock") });
   */
  readonly connect?: Connect | undefined;
  /**
   * Milliseconds to wait for a connection, TLS handshake included, before a TimeoutError; 10 000 by default. Over ssh
   * this includes waiting for one of the nine connections and for the Engine to answer a ping. The wait for an answer
   * is limited by the call's `timeout` instead.
   */
  readonly connectTimeout?: number | undefined;
  /**
   * Default `timeout` in milliseconds of calls that set none in their request options: DOCKER_CLIENT_TIMEOUT, or no
   * limit. `Infinity` means no limit.
   */
  readonly timeout?: number | undefined;
  /**
   * TLS for a tcp:// or https:// address, instead of the environment's or context's: `{}` for the platform's
   * certificate authorities, `{ folder }` or `{ ca, cert, key }` for your own.
   */
  readonly tls?: TlsOptions | undefined;
  /** Pins the API version, such as "1.44", like DOCKER_API_VERSION. Defaults to this client's, or the Engine's if older. */
  readonly apiVersion?: string | undefined;
  /** Headers to send with every call, on top of DOCKER_CUSTOM_HEADERS or `HttpHeaders` in config.json. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Finds logins for registries instead of DOCKER_AUTH_CONFIG, config.json and its credential helpers, none of which is
   * read. Called for each image that is pulled, pushed or inspected in its registry, and for the images that a build needs.
   * Anything it throws becomes a ConfigError.
   *
   * @example
   * const docker = new Docker({
   *   credentials: (host) => (host === "registry.example" ? { username: "ci", password: token } : undefined),
   * });
   */
  readonly credentials?: Credentials | undefined;
  /** The environment: DOCKER_HOST and the like, and variables that a build uses; `process.env` by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}
