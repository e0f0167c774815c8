import type { Duplex } from "node:stream";

/**
 * Opens a connection to the Engine, however that is done: a net.Socket, a TLS socket, the stream of a tunnel or of a
 * process. Called for each connection; `signal` fires when nobody waits for it any more.
 */
export type Connect = (signal: AbortSignal) => Duplex | Promise<Duplex>;

/** TLS for a tcp:// or https:// host. An empty object asks for TLS with the platform's authorities. */
export interface TlsOptions {
  /** Who may have signed the Engine's certificate, as PEM; the platform's authorities by default. */
  readonly ca?: Buffer | string | undefined;
  /** The client's certificate, as PEM; needs `key`. */
  readonly cert?: Buffer | string | undefined;
  /** The client's private key, as PEM and not encrypted; needs `cert`. */
  readonly key?: Buffer | string | undefined;
  /** A folder with ca.pem and, for a client certificate, cert.pem and key.pem; what is given above goes before it. */
  readonly folder?: string | undefined;
  /** Whether the Engine has to prove who it is; true by default. With false, anyone on the way can read and change all. */
  readonly verify?: boolean | undefined;
}

/** Where the Engine is and how to talk to it; everything has a default. */
export interface DockerOptions {
  /**
   * The Engine's address: `unix:///path`, `npipe:////./pipe/name`, `tcp://host[:port][/base]`, `http://…` and
   * `https://…` likewise, or `ssh://[user@]host[:port][/path/to.sock]`, which goes through the system's `ssh` and
   * `docker system dial-stdio` on the other side. By default what the docker CLI would take: DOCKER_HOST,
   * DOCKER_CONTEXT, the current context, or the platform's socket.
   */
  readonly host?: string | undefined;
  /** A context of the docker CLI, by name; its address and TLS material are read from the CLI's folder. */
  readonly context?: string | undefined;
  /**
   * Opens the connections to the Engine, for what the forms of `host` do not cover. Called whenever one is needed, for
   * ordinary calls, upgraded ones and WebSockets; ordinary ones are kept for the next call. The signal fires when
   * nobody waits for the connection any more. What it throws becomes a ConnectionError. If the stream has `ref` and
   * `unref`, they are called so that an idle connection does not keep the process alive. Excludes `host`, `context`
   * and `tls`.
   *
   * @example
   * const docker = new Docker({ connect: () => net.connect("/run/user/1000/tunnel.sock") });
   */
  readonly connect?: Connect | undefined;
  /**
   * Milliseconds until a call must have its connection, TLS handshake included; over ssh until the Engine behind it has
   * answered a ping, a wait for one of the nine connections included. Then it fails with a TimeoutError. 10 000 by
   * default. The wait for the answer is limited by the `timeout` of the call instead.
   */
  readonly connectTimeout?: number | undefined;
  /**
   * Milliseconds for each call that has no `timeout` of its own, as in its request options; no limit by default, or what
   * DOCKER_CLIENT_TIMEOUT says. `Infinity` is no limit too.
   */
  readonly timeout?: number | undefined;
  /**
   * TLS for a tcp:// or https:// address, in place of what environment or context say: `{}` for TLS with the platform's
   * authorities, `{ folder }` or `{ ca, cert, key }` for others.
   */
  readonly tls?: TlsOptions | undefined;
  /** Pins the API version, such as "1.44", as does DOCKER_API_VERSION; by default ours, or the Engine's if that is older. */
  readonly apiVersion?: string | undefined;
  /** Headers to send with every call, over those of DOCKER_CUSTOM_HEADERS or of config.json (`HttpHeaders`). */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The environment to read DOCKER_HOST and the like from; `process.env` by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}
