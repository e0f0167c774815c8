import { Client } from "#generated/client.js";
import { operations, apiVersion as ownApiVersion } from "#generated/operations.js";
import type { DistributionInspectOptions, RequestOptions } from "#generated/options.js";
import type { BinaryBody, DistributionInspect, EventMessage } from "#generated/schema.js";
import {
  checkDockerOptions,
  type ResolvedConfig,
  refuseContextFactory,
  refuseFactory,
  refuseHostFactory,
  resolveConfig,
  shownConfig,
  thisMachine,
  userAgent,
} from "./config/index.js";
import { GivenLogins, type LoginStore, StoredLogins } from "./logins/index.js";
import {
  type Call,
  CallSite,
  exportImage,
  type Hook,
  type ImageGetCall,
  Performer,
  type RawRequest,
  type RawResponse,
  type StreamCall,
} from "./operation/index.js";
import type { DockerOptions } from "./options.js";
import { TRANSPORT, Transport } from "./transport/index.js";
import {
  addressOf,
  type BuildOptions,
  type BuildResult,
  build,
  type Condition,
  type ContainerProcess,
  type CopyContentInOptions,
  type CopyInOptions,
  type CopyOutOptions,
  copyContentIn,
  copyIn,
  copyOut,
  type Decoded,
  type Detached,
  type EventsOptions,
  type ExecOptions,
  type ExecProcess,
  type ExecResult,
  engineHost,
  events,
  exec,
  hostOf,
  type ImagePlatform,
  inspectDistribution,
  type LaunchOptions,
  type Limits,
  type LoadedImage,
  type LoadOptions,
  type LoginCredentials,
  type LoginResult,
  launch,
  load,
  login,
  logout,
  type OneTag,
  type Piped,
  type PulledImage,
  type PullOptions,
  type PushedImage,
  type PushOptions,
  platforms,
  portOf,
  pull,
  push,
  type ReadFileOptions,
  type RunOptions,
  type RunResult,
  readFile,
  run,
  type SaveOptions,
  type SpawnOptions,
  save,
  spawn,
  type TarFile,
  type TarFiles,
  type Undecoded,
  type WaitForOptions,
  type WithStdin,
  type WriteFileOptions,
  waitFor,
  waitUntilHealthy,
  writeFile,
} from "./workflows/index.js";

/** `inspect` of node:util, typed here so that the module need not be loaded. */
type Inspect = (value: unknown, options: object) => string;

/** Platforms that an export takes: one, or several since API 1.52. */
type Platforms = NonNullable<Parameters<Client["imageGet"]>[1]>;

/**
 * A client for one Docker Engine, with every operation of its API as a method. Creating one does no I/O; if the Engine is
 * unreachable, the first call fails with a ConnectionError.
 *
 * @throws {ConfigError} an option is invalid; other problems with the configuration show at the first call
 * @example
 * const docker = new Docker();
 * const containers = await docker.containerList({ all: true });
 * await docker.close();
 */
export class Docker extends Client {
  /** @internal */
  protected override readonly caller: Performer;
  readonly #transport: Transport;
  readonly #logins: LoginStore;
  readonly #env: NonNullable<DockerOptions["env"]>;
  readonly #config: () => ResolvedConfig;
  /** Like `#config`, but does not keep the result. */
  readonly #lookUpConfig: () => ResolvedConfig;

  /** @internal These three make clients in @docker/node-sdk. Here they tell JavaScript what to write; TypeScript does not compile. */
  static fromDockerHost(host?: unknown, certificates?: unknown, userAgent?: unknown): never {
    return new CallSite(Docker.fromDockerHost).guard(() => refuseHostFactory(host, certificates, userAgent));
  }

  /** @internal */
  static fromDockerContext(name?: unknown): never {
    return new CallSite(Docker.fromDockerContext).guard(() => refuseContextFactory(name));
  }

  /** @internal */
  static fromDockerConfig(): never {
    return new CallSite(Docker.fromDockerConfig).guard(() => refuseFactory("fromDockerConfig"));
  }

  constructor(options?: DockerOptions) {
    super();
    const { env = process.env, ...checked } = new CallSite(Docker).guard(() => checkDockerOptions(options));
    // Contexts and certificates are files, read once, at the first call.
    let resolved: ResolvedConfig | undefined;
    const lookUp = (): ResolvedConfig =>
      resolved ?? resolveConfig({ options: checked, env, ...thisMachine() });
    const config = (): ResolvedConfig => {
      resolved = lookUp();
      return resolved;
    };
    this.#env = env;
    this.#config = config;
    this.#lookUpConfig = lookUp;
    const { credentials } = checked;
    this.#logins = credentials
      ? new GivenLogins(credentials)
      : new StoredLogins(() => ({ options: checked, env, ...thisMachine() }));
    this.#transport = new Transport(config);
    this.caller = new Performer({ apiVersion: ownApiVersion, operations }, this.#transport, () => {
      const { headers, apiVersion, timeout } = config();
      return {
        headers: { "User-Agent": userAgent(ownApiVersion), ...headers },
        apiVersion,
        timeout,
      };
    });
  }

  /**
   * Exports an image as a tar archive, for all its platforms or one.
   *
   * @param name name or ID of the image, such as "alpine:3.20"
   * @param platform "os/arch[/variant]", an OCI platform or, since API 1.52, a list of OCI platforms; all platforms the
   * Engine has if omitted
   * @param request signal, timeouts in milliseconds, and headers
   * @returns a call: await it for the tar, or its `result()` for one of three cases, see {@link ImageGetResult}
   * @throws {ArgumentError} the name or platform is invalid
   * @throws {EngineError} 404: no such image, or not for this platform
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageGet
   * @example
   * const tar = await docker.imageGet("alpine:3.20", { os: "linux", architecture: "arm", variant: "v5" });
   * await tar.toFile("alpine.tar");
   */
  override imageGet(name: string, platform?: Platforms | string, request?: RequestOptions): ImageGetCall {
    return exportImage(this.caller, operations.ImageGet, name, platform, request);
  }

  /**
   * Returns an image's descriptor and platforms as its registry has them, without pulling it.
   *
   * @param name name of the image, such as "alpine:3.20"
   * @param options a login to send instead of the one that the docker CLI would find; `{ "X-Registry-Auth": {} }` sends none
   * @param request signal, timeouts in milliseconds, and headers
   * @throws {EngineError} the registry does not have the image, or refuses the login
   * @throws {ConfigError} the login configuration is malformed, or a credential helper fails
   * @throws {ArgumentError} an argument is invalid; nothing was sent
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Distribution/operation/DistributionInspect
   * @example
   * const { Descriptor } = await docker.distributionInspect("registry.example:5000/app:1");
   * console.log(Descriptor.digest);
   */
  override distributionInspect(
    name: string,
    options?: DistributionInspectOptions,
    request?: RequestOptions,
  ): Call<DistributionInspect> {
    const operation = operations.DistributionInspect;
    return inspectDistribution(this.caller, operation, this.#logins, name, options, request);
  }

  /**
   * Logs in to a registry: has the Engine check the login, then stores it like `docker login`, for this machine's later
   * pulls, pushes and builds, the CLI's included. The registry's credential helper keeps it if there is one, otherwise
   * config.json, unencrypted. A login that the registry refuses is not stored.
   *
   * @param host the registry's host and port; Docker Hub if undefined or "docker.io"
   * @param credentials `username` and `password`, or an `identitytoken`
   * @param limits signal and timeout (ms)
   * @returns the Engine's message, and where the login is stored
   * @throws {EngineError} the registry refuses the login
   * @throws {ConfigError} the helper fails, config.json cannot be written, or DOCKER_AUTH_CONFIG or the option `credentials`
   * takes precedence over what would be stored
   * @throws {ArgumentError} the host or the credentials are invalid
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/System/operation/SystemAuth
   * @example
   * const { storedIn } = await docker.login("registry.example:5000", { username: "me", password });
   */
  login(host: string | undefined, credentials: LoginCredentials, limits?: Limits): Promise<LoginResult> {
    const outcome = login(this, this.#logins, host, credentials, limits);
    return new CallSite(Docker.prototype.login).trace(outcome);
  }

  /**
   * Logs out from a registry, like `docker logout`: removes the login from its credential helper and from config.json. A
   * missing login is not an error. The Engine is not asked.
   *
   * @param host the registry's host and port; Docker Hub if undefined or "docker.io"
   * @param limits signal and timeout (ms)
   * @throws {ConfigError} the helper fails, config.json cannot be written, or DOCKER_AUTH_CONFIG or the option `credentials`
   * takes precedence over what is stored
   * @throws {ArgumentError} the host is invalid
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @example
   * await docker.logout("registry.example:5000");
   */
  logout(host?: string, limits?: Limits): Promise<void> {
    return new CallSite(Docker.prototype.logout).trace(logout(this.#logins, host, limits));
  }

  /**
   * Pulls an image, or several at once, and resolves when all are there.
   *
   * Sends the login that the docker CLI would find for the image's registry: in DOCKER_AUTH_CONFIG, from a credential
   * helper, or in config.json. The option `auth` replaces it; `auth: false` sends none.
   *
   * @param image `name[:tag]` or `name@digest`; the tag defaults to "latest"; or a list of these
   * @param options platform, login, all tags of the name, progress, signal and timeout (ms)
   * @returns the image's name with tag, and its digest in the registry; a list of these for several images or tags
   * @throws {ArgumentError} the image is not of this form, or has a tag although `allTags` is set
   * @throws {EngineError} the registry does not have the image, or refuses the login
   * @throws {StreamError} the pull failed after it began
   * @throws {ConfigError} the login configuration is malformed, or a credential helper fails
   * @throws {UnsupportedError} `allTags` on Podman
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageCreate
   * @example
   * await docker.pull("alpine:3.20", { platform: "linux/arm64", onProgress: ({ status }) => console.log(status) });
   * const tags = await docker.pull("registry.example:5000/app", { allTags: true });
   */
  pull(image: string, options?: PullOptions & OneTag): Promise<PulledImage>;
  pull(image: string | readonly string[], options?: PullOptions): Promise<PulledImage[]>;
  pull(image: string | readonly string[], options?: PullOptions): Promise<PulledImage | PulledImage[]> {
    return new CallSite(Docker.prototype.pull).trace(pull(this, this.#logins, image, options));
  }

  /**
   * Pushes an image to the registry in its name, with the login for it: see {@link Docker.pull}.
   *
   * @param image `name[:tag]`; the tag defaults to "latest"
   * @param options platform, login, all tags of the name, progress, signal and timeout (ms)
   * @returns its name and tag, and the digest and size of its manifest or index in the registry; a list of these for all tags
   * @throws {ArgumentError} the name has a digest, or a tag although `allTags` is set
   * @throws {EngineError} no such image, if the Engine checks before it begins
   * @throws {StreamError} the push failed after it began: no such image, the registry refuses the login or is unreachable
   * @throws {ConfigError} the login configuration is malformed, or a credential helper fails
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImagePush
   * @example
   * const { digest } = await docker.push("registry.example:5000/app:1", { auth: { username: "me", password } });
   */
  push(image: string, options?: PushOptions & OneTag): Promise<PushedImage>;
  push(image: string, options?: PushOptions): Promise<PushedImage[]>;
  push(image: string, options?: PushOptions): Promise<PushedImage | PushedImage[]> {
    return new CallSite(Docker.prototype.push).trace(push(this, this.#logins, image, options));
  }

  /**
   * Lists the platforms of an image, and says which of them the Engine has completely. With the containerd store, these are
   * all platforms the image was built for; with any other store, a single one.
   *
   * @param image name or ID of the image
   * @param limits signal and timeout (ms)
   * @throws {EngineError} 404: no such image
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageInspect
   * @example
   * const whole = (await docker.platforms("alpine:3.20")).filter(({ isComplete }) => isComplete);
   * console.log(whole.map(({ name }) => name)); // [ "linux/amd64" ]
   */
  platforms(image: string, limits?: Limits): Promise<ImagePlatform[]> {
    return new CallSite(Docker.prototype.platforms).trace(platforms(this, image, limits));
  }

  /**
   * Saves one or more images to a tar file, which appears only when complete. For a stream, see {@link Docker.imageGet}
   * and {@link Docker.imageGetAll}.
   *
   * @param images names or IDs
   * @param path the file; an existing one is replaced
   * @param options platform, whether the images must be complete, progress in bytes, signal and timeout (ms)
   * @returns the number of bytes written
   * @throws {EngineError} 404: no such image
   * @throws {StreamError} the tar is cut off, the file cannot be written, or `complete` is set and a part of an image is missing
   * @throws {UnsupportedError} several platforms, and the Engine knows only one
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageGetAll
   * @example
   * await docker.save(["alpine:3.20", "app:1"], "images.tar", { complete: true });
   */
  save(images: string | readonly string[], path: string, options?: SaveOptions): Promise<number> {
    return new CallSite(Docker.prototype.save).trace(save(this, images, path, options));
  }

  /**
   * Loads images from a tar, and resolves when they are loaded.
   *
   * @param source the path of a tar, compressed or not; or the tar itself, as bytes or a stream
   * @param options platform, progress, signal and timeout (ms)
   * @returns the loaded images: their IDs, and the names of those that have one
   * @throws {ArgumentError} the file cannot be read
   * @throws {StreamError} the load failed after it began, for example because the tar holds no images
   * @throws {UnsupportedError} several platforms, and the Engine knows only one
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageLoad
   * @example
   * for (const { name, id } of await docker.load("images.tar")) console.log(name, id);
   */
  load(source: string | BinaryBody, options?: LoadOptions): Promise<LoadedImage[]> {
    return new CallSite(Docker.prototype.load).trace(load(this, source, options));
  }

  /**
   * Builds an image, with BuildKit where the Engine has it. Options are named after the flags of `docker build`, in camelCase.
   *
   * @param context a local folder, without what its .dockerignore excludes; files in memory, as for
   * {@link tarOf}; a tar, as bytes or a stream; or the URL of a Git repository, tar or Dockerfile, which the Engine fetches
   * @param options names (`tags`), `dockerfile`, `buildArgs`, `secrets`, `target`, `platform`, `outputs`, progress, signal,
   * timeout (ms) and more
   * @returns the image's ID, and the builder's warnings
   * @throws {ArgumentError} the folder, its Dockerfile, a secret's file or an agent's socket cannot be read; or the
   * builder lacks an option
   * @throws {BuildError} a step or the Dockerfile is at fault; the error has the step, its exit code and its output
   * @throws {EngineError} the Engine refuses an option, or the classic builder the Dockerfile
   * @throws {UnsupportedError} the options need BuildKit, which this Engine does not have
   * @throws {StreamError} the connection broke, or the result could not be written
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired; the Engine stops building
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Image/operation/ImageBuild
   * @example
   * const { id } = await docker.build(".", { tags: "app:1", buildArgs: { VERSION: "1" }, secrets: { token: { env: "TOKEN" } } });
   */
  build(context: string | Iterable<TarFile> | BinaryBody, options?: BuildOptions): Promise<BuildResult> {
    return new CallSite(Docker.prototype.build).trace(build(this, this.#logins, this.#env, context, options));
  }

  /**
   * Runs a command in a new container and waits for it to exit.
   *
   * A non-zero exit is not an error: check `exitCode`. A run that throws, for whatever reason, leaves no container
   * behind, whether or not `remove` is set: the container is killed and deleted before the promise rejects, so a signal
   * or timeout takes effect once the Engine has done that.
   *
   * @param image name or ID of the image; pulled if the Engine does not have it
   * @param cmd the program and its arguments; the image's own if empty or omitted
   * @param options standard streams, environment, user, terminal, the container's settings, signal and timeout (ms)
   * @returns the container's ID, the exit code and, as text, any output not sent to a stream
   * @throws {EngineError} no such image (404), or no such program in it (400)
   * @throws {StreamError} the connection broke, or the pull or an output stream failed
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerCreate
   * @example
   * const { exitCode, stdout } = await docker.run("alpine:3.20", ["wc", "-l"], { stdin: "a\nb\n", remove: true });
   */
  run(image: string, cmd?: readonly string[], options?: RunOptions): Promise<RunResult> {
    return new CallSite(Docker.prototype.run).trace(run(this, this.#logins, image, cmd, options));
  }

  /**
   * Runs a command in a running container and waits for it to exit.
   *
   * A non-zero exit is not an error: check `exitCode`. When the signal fires or the timeout passes, the connection is
   * closed at once, but the command keeps running: the Engine has no call to stop it.
   *
   * @param container name or ID of the container
   * @param cmd the program and its arguments; for shell features use `["sh", "-c", "…"]`
   * @param options standard streams, environment, user, terminal, signal and timeout (ms)
   * @returns the exit code, never missing, and, as text, any output not sent to a stream
   * @throws {EngineError} 404: no such container; 409: it is not running
   * @throws {StreamError} the connection broke, or the Engine lost the exit code
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Exec
   * @example
   * const { exitCode, stdout } = await docker.exec("web", ["sort"], { stdin: "b\na\n" });
   */
  exec(container: string, cmd: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return new CallSite(Docker.prototype.exec).trace(exec(this, container, cmd, options));
  }

  /**
   * Starts a command in a running container and returns a handle, like `child_process.spawn`. To just run a command and
   * wait for it, see {@link Docker.exec}.
   *
   * The Engine cannot signal an exec, so `kill`, the signal and the timeout use a second one: `sh` in the container
   * searches /proc for processes that inherited the command's environment, marked by a variable, and signals them all.
   *
   * @param container name or ID of the container
   * @param cmd the program and its arguments; for shell features use `["sh", "-c", "…"]`
   * @param options whether the process has a standard input (true by default), environment, user, terminal and its size; signal
   * and timeout (ms), which apply until the process has exited: they close the connection and kill the process if possible
   * @returns the process, once its connection is open
   * @throws {ArgumentError} an argument is invalid
   * @throws {EngineError} 404: no such container; 409: it is not running
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired, before the process was returned; afterwards,
   * its `exitCode` rejects
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Exec
   * @example
   * const shell = await docker.spawn("web", ["sh"]);
   * shell.stdin.end("ls /\n");
   * for await (const line of createInterface(shell.stdout)) console.log(line);
   * console.log(await shell.exitCode);
   */
  spawn(
    container: string,
    cmd: readonly string[],
    options?: SpawnOptions & Piped,
  ): Promise<ExecProcess & WithStdin>;
  spawn(container: string, cmd: readonly string[], options?: SpawnOptions): Promise<ExecProcess>;
  spawn(container: string, cmd: readonly string[], options?: SpawnOptions): Promise<ExecProcess> {
    return new CallSite(Docker.prototype.spawn).trace(spawn(this, container, cmd, options));
  }

  /**
   * Starts a command in a new container and returns a handle, like `child_process.spawn`. To just run a command and wait
   * for it, see {@link Docker.run}.
   *
   * @param image name or ID of the image; pulled if the Engine does not have it
   * @param cmd the program and its arguments; the image's own if empty or omitted
   * @param options ports to publish, whether the process has a standard input (true by default), whether to `attach` at all,
   * environment, user, terminal and its size, the container's settings; signal and timeout (ms), which apply until the
   * process has exited: they kill the container
   * @returns the process, once the container has started. If the start fails, no container is left behind
   * @throws {ArgumentError} an argument is invalid
   * @throws {EngineError} no such image (404), no such program in it (400), or a port is taken (500)
   * @throws {StreamError} the connection broke, or the pull failed
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired, before the process was returned; afterwards,
   * its `exitCode` rejects
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerCreate
   * @example
   * await using web = await docker.launch("nginx:1.27", [], { ports: { "80/tcp": 8080 }, attach: false });
   * console.log(web.name, (await fetch("http://127.0.0.1:8080")).status);
   */
  launch(
    image: string,
    cmd: readonly string[] | undefined,
    options: LaunchOptions & Detached,
  ): Promise<ContainerProcess>;
  launch(
    image: string,
    cmd?: readonly string[],
    options?: LaunchOptions & Piped,
  ): Promise<ContainerProcess & WithStdin>;
  launch(image: string, cmd?: readonly string[], options?: LaunchOptions): Promise<ContainerProcess>;
  launch(image: string, cmd?: readonly string[], options?: LaunchOptions): Promise<ContainerProcess> {
    return new CallSite(Docker.prototype.launch).trace(launch(this, this.#logins, image, cmd, options));
  }

  /**
   * Copies a file, folder or tar into a container, running or not, like `docker cp`.
   *
   * A source copied to an existing folder keeps its name; `folder/.` copies only the contents. A path that does
   * not exist becomes the name of the copy; its parent must exist. Links are copied as links; modes, times and owners are
   * kept; memory stays constant at any size. A file never replaces a folder, nor a folder a file.
   *
   * @param container name or ID of the container
   * @param source a local path; or a tar, as bytes or a stream, to unpack in an existing folder
   * @param path destination in the container
   * @param options whether to follow a link, owners, signal and timeout (ms)
   * @throws {ArgumentError} the source cannot be read, or does not fit the destination
   * @throws {EngineError} 404: no such container or folder; 400: its file system is read-only
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/PutContainerArchive
   * @example
   * await docker.copyIn("web", "site/.", "/usr/share/nginx/html");
   */
  copyIn(
    container: string,
    source: string | BinaryBody,
    path: string,
    options?: CopyInOptions,
  ): Promise<void> {
    return new CallSite(Docker.prototype.copyIn).trace(copyIn(this, container, source, path, options));
  }

  /**
   * Copies a file or folder out of a container, running or not, like `docker cp`. Copies are named as in
   * {@link Docker.copyIn}; modes and times are kept, and the copy belongs to the current user.
   *
   * Nothing is ever written outside the destination: an entry that would be outside, or a device, is an error. After a failure
   * the files copied so far remain.
   *
   * @param container name or ID of the container
   * @param path what to copy; `folder/.` copies its contents
   * @param hostPath local destination
   * @param options whether to follow a link, signal and timeout (ms)
   * @throws {ArgumentError} the source does not fit the destination
   * @throws {EngineError} 404: no such container or path
   * @throws {StreamError} an entry is refused or cannot be written, or the connection broke
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerArchive
   * @example
   * await docker.copyOut("job", "/result", "result");
   */
  copyOut(container: string, path: string, hostPath: string, options?: CopyOutOptions): Promise<void> {
    return new CallSite(Docker.prototype.copyOut).trace(copyOut(this, container, path, hostPath, options));
  }

  /**
   * Copies in-memory files into a container, running or not. Missing folders are created, as with
   * `mkdir -p`; an existing file is replaced, and so is a link in its place.
   *
   * Unless they say otherwise, files get the current time and mode 0o644, and belong to root. The copy is not atomic: a
   * program in the container may see a half-written file.
   *
   * @param container name or ID of the container
   * @param files files, folders and links, as for {@link tarOf}; their paths may be absolute
   * @param options folder of the container they go into (`path`), owner (`archive`), signal and timeout (ms)
   * @throws {ArgumentError} a file is invalid, or its content does not have the stated size; the folder is a file
   * @throws {EngineError} 404: no such container; 400: its file system is read-only, or a file would replace a folder
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/PutContainerArchive
   * @example
   * await docker.copyContentIn("web", [{ path: "/etc/app/config.json", content: JSON.stringify(config) }]);
   */
  copyContentIn(container: string, files: TarFiles, options?: CopyContentInOptions): Promise<void> {
    const outcome = copyContentIn(this, container, files, options);
    return new CallSite(Docker.prototype.copyContentIn).trace(outcome);
  }

  /**
   * Reads a file in a container, running or not, like `readFile` of node:fs. Links are followed, inside the container.
   *
   * @param container name or ID of the container
   * @param path the file
   * @param options encoding; or an object with it, `maxSize` (bytes; 256 MiB by default), signal and timeout (ms)
   * @returns the content: text if there is an encoding, otherwise bytes
   * @throws {EngineError} 404: no such container or file
   * @throws {ArgumentError} the path is a folder, device or the like
   * @throws {StreamError} the file is larger than `maxSize`, or the connection broke
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerArchive
   * @example
   * const hosts = await docker.readFile("web", "/etc/hosts", "utf8");
   */
  readFile(
    container: string,
    path: string,
    options: BufferEncoding | (ReadFileOptions & Decoded),
  ): Promise<string>;
  readFile(container: string, path: string, options?: ReadFileOptions & Undecoded): Promise<Buffer>;
  readFile(
    container: string,
    path: string,
    options?: ReadFileOptions | BufferEncoding,
  ): Promise<Buffer | string> {
    return new CallSite(Docker.prototype.readFile).trace(readFile(this, container, path, options));
  }

  /**
   * Writes a file in a container, running or not, like `writeFile` of node:fs: a link is followed, an existing file
   * keeps its mode and owner, and its folder must exist. A new file has mode 0o644 and belongs to root.
   *
   * The Engine replaces the file, but not atomically: a program in the container may see it missing or incomplete, and a hard
   * link keeps the old content.
   *
   * @param container name or ID of the container
   * @param path the file
   * @param content text, written as UTF-8; bytes; or a stream of these, with its `size`
   * @param options `mode`, `uid`, `gid`; `archive` for the container's user; `size` of a stream; signal and timeout (ms)
   * @throws {ArgumentError} the path is a folder, device or the like; its folder does not exist; or the content does not
   * have the stated size
   * @throws {EngineError} 404: no such container; 400: its file system is read-only
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/PutContainerArchive
   * @example
   * await docker.writeFile("web", "/usr/share/nginx/html/index.html", "<h1>hello</h1>\n");
   */
  writeFile(
    container: string,
    path: string,
    content: NonNullable<TarFile["content"]>,
    options?: WriteFileOptions,
  ): Promise<void> {
    return new CallSite(Docker.prototype.writeFile).trace(writeFile(this, container, path, content, options));
  }

  /**
   * Streams the Engine's events as they happen, without end. After a broken connection or a restart of the Engine they
   * continue from the last event, without repeats or gaps as far as the Engine remembers: it keeps its last 256 events,
   * and loses them when it restarts. The client reconnects after 0.1 to 5 seconds.
   *
   * Leaving the loop closes the connection.
   *
   * @param options filters, since, until, signal, and callbacks for changes of the connection
   * @returns an async iterable of events
   * @throws {ConnectionError} the first connection fails
   * @throws {EngineError} the Engine rejects the request with a status below 500
   * @throws {AbortedError} the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/System/operation/SystemEvents
   * @example
   * for await (const event of docker.events({ filters: { type: ["container"] } })) {
   *   console.log(event.Action, event.Actor?.Attributes?.name);
   * }
   */
  events(options?: EventsOptions): AsyncGenerator<EventMessage, void, undefined> {
    return new CallSite(Docker.prototype.events).traceEach(events(this, options));
  }

  /**
   * Waits until a container is healthy, using events instead of polling. The wait survives a restart of the Engine, and may
   * begin before the container is started.
   *
   * @param container name or ID of the container
   * @param limits signal and timeout (ms)
   * @throws {HealthError} the container is or becomes unhealthy, exits, is removed, or has no health check
   * @throws {EngineError} 404: no such container
   * @throws {TimeoutError} the timeout passed; the message includes the outcome of the last check
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
   * Sends a request to any path of the Engine: for Podman's own API (`/libpod/…`), plugins, and anything the API
   * description lacks. Version, errors, hooks, headers, timeouts and streams work as for an operation; hooks see it as
   * the operation "request". Redirections are not followed.
   *
   * @param request path, method, query, headers, body, whether to upgrade the connection; signal; timeouts in milliseconds,
   * where `timeout` limits the wait for the answer's head
   * @returns a call: await it for the answer, or its `result()`; or iterate it for the bytes of the body
   * @throws {EngineError} the status is 400 or above
   * @throws {ArgumentError} a part of the request is invalid; nothing was sent
   * @throws {ConnectionError | TimeoutError | AbortedError} no answer arrived
   * @example
   * const answer = await docker.request({ path: "/libpod/pods/json", query: { filters: { status: ["running"] } } });
   * for (const pod of await answer.json<{ Name: string }[]>()) console.log(pod.Name);
   */
  request(request: RawRequest): StreamCall<RawResponse, Buffer> {
    return this.caller.request(request, Docker.prototype.request);
  }

  /**
   * Waits until a container is ready: a port, lines of its log, an HTTP answer, a command, its health, its exit, or
   * several of these. May begin before the container is started. A container that exits or is removed fails the wait at
   * once, unless the condition is its exit, or lines that its log already has.
   *
   * @param container name or ID of the container
   * @param condition what to wait for, made by {@link until}
   * @param options signal, timeout (ms) of the whole wait, and the `host` of published ports if it differs from `hostOf`
   * @throws {ReadinessError} the container exits, is removed or is unhealthy, or the condition cannot be met; the message
   * gives the last state of each condition, and the last lines of the log
   * @throws {EngineError} 404: no such container
   * @throws {TimeoutError} the timeout passed; the message says the same, and `cause` is the ReadinessError
   * @throws {AbortedError} the signal fired
   * @throws {ArgumentError} the condition or an option is invalid
   * @throws {UnsupportedError} the condition needs a published port, and the option `connect` hides where the Engine is
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerInspect
   * @example
   * import { Docker, until } from "docker-engine-sdk";
   *
   * const ready = until.all(until.port(80), until.http("/health", { port: 80 }));
   * await docker.waitFor("web", ready, { timeout: 30_000 });
   */
  waitFor(container: string, condition: Condition, options?: WaitForOptions): Promise<void> {
    const waited = waitFor(this, (signal) => this.#engineHost(signal), container, condition, options);
    return new CallSite(Docker.prototype.waitFor).trace(waited);
  }

  /**
   * Finds the port on the Engine's machine where a container's port is published. Connect to it at {@link Docker.hostOf}.
   *
   * @param container name or ID of the container
   * @param port the container's port: `80`, `"80/tcp"` or `"53/udp"`
   * @param limits signal and timeout (ms)
   * @returns the published port; of several, the one for the host's address family, IPv4 by default; in the host's
   * network, the port itself
   * @throws {ReadinessError} the port is not published; the message lists those that are
   * @throws {EngineError} 404: no such container
   * @throws {ArgumentError} the port is invalid
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerInspect
   * @example
   * const url = `http://${await docker.hostOf()}:${await docker.portOf("web", 80)}/`;
   */
  portOf(container: string, port: number | string, limits?: Limits): Promise<number> {
    const found = portOf(this, (signal) => this.#engineHost(signal), container, port, limits);
    return new CallSite(Docker.prototype.portOf).trace(found);
  }

  /**
   * Finds the IP address of a container in a network. Other containers in the network reach it there and, on Linux, so
   * does the Engine's machine; elsewhere use {@link Docker.hostOf} and {@link Docker.portOf}.
   *
   * @param container name or ID of the container, which must be running
   * @param network name or ID of the network; needed if the container is in several
   * @param limits signal and timeout (ms)
   * @returns the IPv4 address, or the IPv6 address if it has no other; in the host's network, {@link Docker.hostOf}
   * @throws {ReadinessError} it has no address there, or is in several networks and none is named; the message lists them
   * @throws {EngineError} 404: no such container
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/reference/api/engine/version/v1.48/#tag/Container/operation/ContainerInspect
   * @example
   * const address = await docker.addressOf("db", "backend"); // "172.18.0.2"
   */
  addressOf(container: string, network?: string, limits?: Limits): Promise<string> {
    const found = addressOf(this, (signal) => this.#engineHost(signal), container, network, limits);
    return new CallSite(Docker.prototype.addressOf).trace(found);
  }

  /**
   * Finds the host where the Engine's published ports can be reached from here: "localhost" for a local Engine, Docker Desktop
   * included; the host of a tcp:// or ssh:// address; and the gateway, if this process runs in a container of that Engine.
   *
   * @param limits signal and timeout (ms)
   * @returns a name or an address; an IPv6 address has no brackets
   * @throws {UnsupportedError} the option `connect` hides where the Engine is
   * @throws {TimeoutError | AbortedError} the timeout passed, or the signal fired
   * @see https://docs.docker.com/engine/network/port-publishing/
   * @example
   * const host = await docker.hostOf(); // "localhost"
   */
  hostOf(limits?: Limits): Promise<string> {
    const found = hostOf(this, () => this.#config().endpoint, thisMachine(), limits);
    return new CallSite(Docker.prototype.hostOf).trace(found);
  }

  /** The host where published ports can be reached, for other workflows. */
  #engineHost(signal: AbortSignal): Promise<string> {
    return engineHost(this, this.#config().endpoint, thisMachine(), signal);
  }

  /**
   * Adds a hook that sees every request from now on, for tracing, logging or custom headers.
   *
   * @param hook one or more of `onRequest`, `onResponse` and `onError`
   * @throws {ArgumentError} the hook has none of these functions, or any other member
   * @example
   * docker.use({ onResponse: ({ operation, status, duration }) => console.log(operation, status, duration) });
   */
  use(hook: Hook): void {
    new CallSite(Docker.prototype.use).guard(() => this.caller.use(hook));
  }

  /** @internal For the test kit, which records and replays calls. */
  get [TRANSPORT](): Transport {
    return this.#transport;
  }

  /** Shown by console.log: the Engine's address and the API version of calls, but no secrets. Sends nothing. */
  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: Inspect): string {
    const { name } = this.constructor;
    // A prototype or a proxy has no settings.
    if (!(#lookUpConfig in this)) return `${name} {}`;
    return `${name} ${inspect(shownConfig(this.#lookUpConfig, this.caller.apiVersion), options)}`;
  }

  /** Closes all connections. Calls in progress fail with an AbortedError; later ones are refused. */
  async close(): Promise<void> {
    this.#transport.close();
  }

  /** Closes the client, at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
