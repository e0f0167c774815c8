import { Client, type RequestOptions } from "../generated/client.js";
import { apiVersion as ownApiVersion } from "../generated/operations.js";
import type { RequestedPlatform as Platform } from "../generated/schema.js";
import {
  parseHost,
  type ResolvedConfig,
  resolveConfig,
  type TlsOptions,
  thisSystem,
} from "./config/index.js";
import { type DockerReturns, EngineCaller, exportImage, type ImageGetCall } from "./http/index.js";
import { Transport } from "./transport/index.js";
import { type ExecOptions, type ExecResult, exec } from "./workflows/index.js";

/** Where the Engine is and how to talk to it; everything has a default. */
export interface DockerOptions {
  /**
   * The Engine's address: `unix:///path`, `npipe:////./pipe/name`, `tcp://host[:port]`, `http://host[:port]` or
   * `https://host[:port]`.
   */
  readonly host?: string | undefined;
  /** A context of the docker CLI, by name. */
  readonly context?: string | undefined;
  /** TLS material for a TCP host. */
  readonly tls?: TlsOptions | undefined;
  /** Pins the API version, such as "1.44"; by default ours, or the Engine's if that is older. */
  readonly apiVersion?: string | undefined;
  /** Headers to send with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The environment to read DOCKER_HOST and the like from; `process.env` by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * A client of one Docker Engine, with every operation of its API as a method. Making one does no I/O: an Engine
 * that is not there shows as a ConnectionError of the first call.
 *
 * @throws {ConfigError} the host option cannot be used; what else is wrong with the configuration shows at the first call
 * @example
 * const docker = new Docker();
 * const containers = await docker.containerList({ all: true }).unwrap();
 * await docker.close();
 */
export class Docker extends Client<DockerReturns> {
  protected override readonly caller: EngineCaller;
  readonly #transport: Transport;

  constructor({ env = process.env, ...options }: DockerOptions = {}) {
    super();
    if (options.host !== undefined) parseHost(options.host, "The option host");
    // Contexts and certificates are files: they are read at the first call, once.
    let resolved: ResolvedConfig | undefined;
    const config = (): ResolvedConfig => {
      resolved ??= resolveConfig({ options, env, ...thisSystem() });
      return resolved;
    };
    this.#transport = new Transport(() => config().endpoint);
    this.caller = new EngineCaller(this.#transport, () => {
      const { headers, apiVersion } = config();
      return { headers: { "User-Agent": `docker-engine-sdk/${ownApiVersion}`, ...headers }, apiVersion };
    });
  }

  /**
   * Exports an image as a tar archive: all its platforms, or one.
   *
   * @param name name or ID of the image, such as "alpine:3.20"
   * @param platform "os/arch[/variant]" or an OCI platform; all platforms the Engine has, if left out
   * @param request signal, timeout until the answer begins (ms), headers
   * @returns the tar, the Engine's declared failure, or any other failure; see {@link ImageGetResult}
   * @throws {ArgumentError} the name or platform cannot be sent
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageGet
   * @example
   * const result = await docker.imageGet("alpine:3.20", { os: "linux", architecture: "arm", variant: "v5" });
   * if (result.ok) await result.data.toFile("alpine.tar");
   */
  override imageGet(name: string, platform?: Platform | string, request?: RequestOptions): ImageGetCall {
    return exportImage((checked) => super.imageGet(name, checked, request), platform);
  }

  /**
   * Runs a command in a running container and waits for its end.
   *
   * A command that exits with a failure is no error: look at `exitCode`. When the signal fires or the time is up, the
   * connection is closed and nothing more is waited for; the command itself goes on, since the Engine has no call that
   * would stop it.
   *
   * @param container name or ID of the container
   * @param cmd the program and its arguments; for a shell's features `["sh", "-c", "…"]`
   * @param options standard streams, environment, user, terminal, signal and timeout (ms)
   * @returns the exit code, never missing, and as text the output that no stream was given for
   * @throws {EngineError} 404: no such container; 409: it is not running
   * @throws {StreamError} the connection broke, or the Engine lost the exit code
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Exec
   * @example
   * const { exitCode, stdout } = await docker.exec("web", ["sort"], { stdin: "b\na\n" });
   */
  exec(container: string, cmd: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return exec(this, container, cmd, options);
  }

  /** Ends idle and running connections. Calls under way fail with an AbortedError, later ones are refused. */
  async close(): Promise<void> {
    this.#transport.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
