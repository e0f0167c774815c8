import { Client, type RequestOptions } from "../generated/client.js";
import { apiVersion as ownApiVersion } from "../generated/operations.js";
import type { EventMessage, RequestedPlatform as Platform } from "../generated/schema.js";
import { checkDockerOptions, type ResolvedConfig, resolveConfig, thisMachine } from "./config/index.js";
import {
  CallSite,
  type DockerReturns,
  exportImage,
  type Hook,
  type ImageGetCall,
  Performer,
} from "./operation/index.js";
import type { DockerOptions } from "./options.js";
import { Transport } from "./transport/index.js";
import {
  type BuildOptions,
  build,
  type CopyInOptions,
  type CopyOutOptions,
  copyIn,
  copyOut,
  type EventsOptions,
  type ExecOptions,
  type ExecResult,
  events,
  exec,
  type Limits,
  type LoadOptions,
  load,
  type PullOptions,
  type PushOptions,
  type PushResult,
  pull,
  push,
  type RunOptions,
  type RunResult,
  run,
  type SaveOptions,
  save,
  waitUntilHealthy,
} from "./workflows/index.js";

/**
 * A client of one Docker Engine, with every operation of its API as a method. Making one does no I/O: an Engine
 * that is not there shows as a ConnectionError of the first call.
 *
 * @throws {ConfigError} an option cannot be used; what else is wrong with the configuration shows at the first call
 * @example
 * const docker = new Docker();
 * const containers = await docker.containerList({ all: true });
 * await docker.close();
 */
export class Docker extends Client<DockerReturns> {
  protected override readonly caller: Performer;
  readonly #transport: Transport;

  constructor(options?: DockerOptions) {
    super();
    const { env = process.env, ...checked } = checkDockerOptions(options);
    // Contexts and certificates are files: they are read at the first call, once.
    let resolved: ResolvedConfig | undefined;
    const config = (): ResolvedConfig => {
      resolved ??= resolveConfig({ options: checked, env, ...thisMachine() });
      return resolved;
    };
    this.#transport = new Transport(config);
    this.caller = new Performer(this.#transport, () => {
      const { headers, apiVersion, timeout } = config();
      return {
        headers: { "User-Agent": `docker-engine-sdk/${ownApiVersion}`, ...headers },
        apiVersion,
        timeout,
      };
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
    return exportImage(this.caller, name, platform, request);
  }

  /**
   * Pulls an image and resolves when it is there.
   *
   * @param image `name[:tag]` or `name@digest`; the tag "latest" if there is none
   * @param options platform, login, progress, signal and timeout (ms)
   * @throws {EngineError} the registry does not have it, or refuses the login
   * @throws {StreamError} the pull failed after it began
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageCreate
   * @example
   * await docker.pull("alpine:3.20", { platform: "linux/arm64", onProgress: ({ status }) => console.log(status) });
   */
  pull(image: string, options?: PullOptions): Promise<void> {
    return new CallSite(Docker.prototype.pull).trace(pull(this, image, options));
  }

  /**
   * Pushes an image to the registry that its name says.
   *
   * @param image `name[:tag]`; the tag "latest" if there is none
   * @param options platform, login, progress, signal and timeout (ms)
   * @returns the digest that the registry knows it by
   * @throws {ArgumentError} a digest is named
   * @throws {EngineError} there is no such image
   * @throws {StreamError} the push failed after it began: the registry refuses the login, or is not there
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImagePush
   * @example
   * const { digest } = await docker.push("registry.example:5000/app:1", { auth: { username: "me", password } });
   */
  push(image: string, options?: PushOptions): Promise<PushResult> {
    return new CallSite(Docker.prototype.push).trace(push(this, image, options));
  }

  /**
   * Saves one or more images to a tar file, which appears only when it is whole. For a stream of it see
   * {@link Docker.imageGet} and {@link Docker.imageGetAll}.
   *
   * @param images names or IDs
   * @param path the file; one that is there is replaced
   * @param options platform, progress in bytes, signal and timeout (ms)
   * @returns the number of bytes written
   * @throws {EngineError} 404: no such image
   * @throws {StreamError} the tar broke off, or the file cannot be written
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageGetAll
   * @example
   * await docker.save(["alpine:3.20", "app:1"], "images.tar");
   */
  save(images: string | readonly string[], path: string, options?: SaveOptions): Promise<number> {
    return new CallSite(Docker.prototype.save).trace(save(this, images, path, options));
  }

  /**
   * Loads images from a tar and resolves when they are there.
   *
   * @param source the path of a tar, compressed or not; or the tar, as bytes or as a stream
   * @param options platform, progress, signal and timeout (ms)
   * @returns the names of the images that were loaded, and the IDs of those without a name
   * @throws {ArgumentError} the file cannot be read
   * @throws {StreamError} the load failed after it began, such as of a file that is no tar of images
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageLoad
   * @example
   * const [name] = await docker.load("images.tar");
   */
  load(source: string | Uint8Array | AsyncIterable<Uint8Array>, options?: LoadOptions): Promise<string[]> {
    return new CallSite(Docker.prototype.load).trace(load(this, source, options));
  }

  /**
   * Builds an image from a folder, without what its .dockerignore names, or from a tar.
   *
   * What needs a BuildKit session (secrets, ssh, a login with `version: "2"`) is not supported and fails with the
   * Engine's message.
   *
   * @param context a folder of this machine; or the context as a tar, as bytes or as a stream
   * @param options names (`t`), `dockerfile` within the context, `buildargs`, `target`, platform, progress, signal, timeout (ms)
   * and whatever else imageBuild takes; `version: "2"` builds with BuildKit
   * @returns the image's ID
   * @throws {ArgumentError} the folder or its Dockerfile cannot be read
   * @throws {EngineError} the Engine refuses the Dockerfile or an option
   * @throws {StreamError} a step of the build failed
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageBuild
   * @example
   * const id = await docker.build(".", { t: "app:1", buildargs: { VERSION: "1" }, version: "2" });
   */
  build(context: string | Uint8Array | AsyncIterable<Uint8Array>, options?: BuildOptions): Promise<string> {
    return new CallSite(Docker.prototype.build).trace(build(this, context, options));
  }

  /**
   * Runs a command in a container of its own and waits for its end.
   *
   * A command that exits with a failure is no error: look at `exitCode`. A run that throws, for whatever reason, leaves no
   * container behind, whether `remove` is set or not: it is killed and deleted before the promise rejects. A signal
   * or timeout therefore takes effect when the Engine has done that.
   *
   * @param image name or ID of the image; pulled if the Engine does not have it
   * @param cmd the program and its arguments; the image's own if empty or left out
   * @param options standard streams, environment, user, terminal, the container's settings, signal and timeout (ms)
   * @returns the container's ID, the exit code, and as text the output that no stream was given for
   * @throws {EngineError} there is no such image (404), or no such program in it (400)
   * @throws {StreamError} the connection broke, the pull failed, or a stream for the output did
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerCreate
   * @example
   * const { exitCode, stdout } = await docker.run("alpine:3.20", ["wc", "-l"], { stdin: "a\nb\n", remove: true });
   */
  run(image: string, cmd?: readonly string[], options?: RunOptions): Promise<RunResult> {
    return new CallSite(Docker.prototype.run).trace(run(this, image, cmd, options));
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
    return new CallSite(Docker.prototype.exec).trace(exec(this, container, cmd, options));
  }

  /**
   * Copies a file, a folder or a tar into a container, as `docker cp` does, running or not.
   *
   * Into a folder that is there, a source goes under its own name, and the contents of `folder/.` on their own. A path that
   * is not there becomes the name of the copy; its folder must exist. Links are copied as links, modes, times and owners
   * are kept, and files of any size take constant memory. A file never replaces a folder, nor a folder a file.
   *
   * @param container name or ID of the container
   * @param source a path of this machine; or a tar, as bytes or as a stream, to be unpacked in a folder that is there
   * @param path where to in the container
   * @param options whether to follow a link, owners, signal and timeout (ms)
   * @throws {ArgumentError} the source cannot be read, or source and destination do not fit
   * @throws {EngineError} 404: no such container or folder; 400: its file system is read-only
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/PutContainerArchive
   * @example
   * await docker.copyIn("web", "site/.", "/usr/share/nginx/html");
   */
  copyIn(
    container: string,
    source: string | Uint8Array | AsyncIterable<Uint8Array>,
    path: string,
    options?: CopyInOptions,
  ): Promise<void> {
    return new CallSite(Docker.prototype.copyIn).trace(copyIn(this, container, source, path, options));
  }

  /**
   * Copies a file or folder out of a container, as `docker cp` does, running or not. The names work as with
   * {@link Docker.copyIn}; modes and times are kept, the owner is who runs this.
   *
   * Nothing is ever written outside of the destination, whatever the archive holds: such an entry, and a device, is an error.
   * After a failure the files copied so far stay.
   *
   * @param container name or ID of the container
   * @param path what to copy; `folder/.` copies its contents
   * @param hostPath where to on this machine
   * @param options whether to follow a link, signal and timeout (ms)
   * @throws {ArgumentError} source and destination do not fit
   * @throws {EngineError} 404: no such container or path
   * @throws {StreamError} the archive has an entry that is refused or cannot be written, or the connection broke
   * @throws {TimeoutError | AbortedError} the time was up, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerArchive
   * @example
   * await docker.copyOut("job", "/result", "result");
   */
  copyOut(container: string, path: string, hostPath: string, options?: CopyOutOptions): Promise<void> {
    return new CallSite(Docker.prototype.copyOut).trace(copyOut(this, container, path, hostPath, options));
  }

  /**
   * The Engine's events as they happen, one after the other, without end. When the connection breaks or the Engine is
   * restarted, they go on from the last event, without repeats or gaps as far as the Engine remembers (an Engine forgets
   * its events when it stops). Attempts to connect again follow each other after 0.1 to 5 seconds.
   *
   * Leaving the loop closes the connection.
   *
   * @param options filters, since, until, signal, and functions to be told of the connection
   * @returns an async iterable of events
   * @throws {ConnectionError} there is no Engine to begin with
   * @throws {EngineError} the Engine refuses the question, with a status below 500
   * @throws {AbortedError} the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/System/operation/SystemEvents
   * @example
   * for await (const event of docker.events({ filters: { type: ["container"] } })) {
   *   console.log(event.Action, event.Actor?.Attributes?.name);
   * }
   */
  events(options?: EventsOptions): AsyncGenerator<EventMessage, void, undefined> {
    return events(this, options);
  }

  /**
   * Waits until a container's health checks succeed: by events, not by asking again and again. Across a restart of the
   * Engine it goes on waiting. A container that was not started yet is waited for as well.
   *
   * @param container name or ID of the container
   * @param limits signal and timeout (ms)
   * @throws {HealthError} it is or becomes unhealthy, exits, is removed, or has no health check
   * @throws {EngineError} 404: no such container
   * @throws {TimeoutError} the time was up; the message has the outcome of the last check
   * @throws {AbortedError} the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerInspect
   * @example
   * await docker.containerStart("db");
   * await docker.waitUntilHealthy("db", { timeout: 30_000 });
   */
  waitUntilHealthy(container: string, limits?: Limits): Promise<void> {
    return new CallSite(Docker.prototype.waitUntilHealthy).trace(waitUntilHealthy(this, container, limits));
  }

  /**
   * Has a hook hear of every request from now on, for tracing, logging or headers of one's own.
   *
   * @param hook one or more of `onRequest`, `onResponse` and `onError`
   * @throws {ArgumentError} the hook has none of these functions, or something else
   * @example
   * docker.use({ onResponse: ({ operation, status, duration }) => console.log(operation, status, duration) });
   */
  use(hook: Hook): void {
    this.caller.use(hook);
  }

  /** Ends idle and running connections. Calls under way fail with an AbortedError, later ones are refused. */
  async close(): Promise<void> {
    this.#transport.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
