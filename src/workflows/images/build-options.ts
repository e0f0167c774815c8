import type { Writable } from "node:stream";
import type { AuthConfig, RequestedPlatform as Platform, Ulimit } from "#generated/schema.js";
import type { BuildEvent, BuildWarning } from "../../buildkit/index.js";
import type { Limits } from "../limits.js";

/**
 * Options of `docker.build`, named after the flags of `docker build`. Each builder refuses options that only the other one has.
 */
export interface BuildOptions extends Limits, BuildKitOptions, ClassicOptions {
  /** Names of the image, `name[:tag]`; none by default. Not for files (`outputs` of type "local" or "tar"), which have none. */
  readonly tags?: string | readonly string[] | undefined;
  /**
   * Path of the Dockerfile, relative to the context or absolute, inside it or elsewhere; or the Dockerfile's text. In the
   * context, "Dockerfile" by default. For a tar or URL, a path inside it.
   */
  readonly dockerfile?: string | { readonly text: string } | undefined;
  /** Stage of the Dockerfile to build; the last one by default. */
  readonly target?: string | undefined;
  /** Platform to build for, as "os/arch[/variant]" or an OCI platform; the Engine's by default. */
  readonly platform?: Platform | string | undefined;
  /**
   * Network of each RUN: "default", "none" or "host". The classic builder also takes "container:NAME" and the name of a
   * network.
   */
  readonly network?: "default" | "none" | "host" | (string & {}) | undefined;
  /** Values for the `ARG`s of the Dockerfile; null leaves one at its default. They show in the image's history and in errors; pass secrets with `secrets`. */
  readonly buildArgs?: Readonly<Record<string, string | null>> | undefined;
  /** Labels for the image. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Logins for pulling base images and for pushing, by registry: "registry.example:5000", or "docker.io" for Docker Hub.
   * For registries that are not named here, the logins that the docker CLI would find apply. `false` sends none.
   */
  readonly logins?: Readonly<Record<string, AuthConfig>> | false | undefined;
  /** Images whose layers may serve as cache. */
  readonly cacheFrom?: readonly string[] | undefined;
  /** Runs every step again; false by default. */
  readonly noCache?: boolean | undefined;
  /** Looks for newer versions of the base images; false by default. */
  readonly pull?: boolean | undefined;
  /** Lines for /etc/hosts during the build, each "name:address"; "host-gateway" is the Engine's own machine. */
  readonly addHosts?: readonly string[] | undefined;
  /** Bytes of /dev/shm during the build; 64 MiB by default. */
  readonly shmSize?: number | undefined;
  /** Limits set with setrlimit. */
  readonly ulimits?: readonly Ulimit[] | undefined;
  /** The builder to use; BuildKit by default, or the classic one without BuildKit, as on Podman and Windows. */
  readonly builder?: "buildkit" | "classic" | undefined;
  /** Called for each change, output and progress of a step, and for each warning; if it throws, the build ends with that error. */
  readonly onProgress?: ((event: BuildEvent) => void) | undefined;
}

/** Options that only BuildKit has. */
export interface BuildKitOptions {
  /**
   * Secrets for `RUN --mount=type=secret`, by ID. They are read when a step asks for them, those of `env` before anything
   * is sent, and are not kept in the image.
   */
  readonly secrets?: Readonly<Record<string, BuildSecret>> | undefined;
  /**
   * Agents for `RUN --mount=type=ssh`: true for the agent of SSH_AUTH_SOCK, the path of another agent's socket, or such
   * paths by ID. A step may list keys and sign with them, but not add or remove any.
   */
  readonly ssh?: true | string | Readonly<Record<string, string>> | undefined;
  /** Writes cache data into the image for `cacheFrom` of a later build; false by default. */
  readonly inlineCache?: boolean | undefined;
  /** Where the result goes; into the Engine's images by default. */
  readonly outputs?: BuildOutput | undefined;
  /**
   * Key under which the Engine keeps this folder's files, to receive only changes next time. Unique to this client and
   * folder by default; set it to share the files across processes.
   */
  readonly contextKey?: string | undefined;
}

/** Options that only the classic builder has. */
export interface ClassicOptions {
  /** Memory limit of each RUN, in bytes; none by default. */
  readonly memory?: number | undefined;
  /** Memory and swap together, in bytes; -1 allows unlimited swap. */
  readonly memorySwap?: number | undefined;
  /** Relative CPU weight. */
  readonly cpuShares?: number | undefined;
  /** Length of a CPU scheduling period, in microseconds. */
  readonly cpuPeriod?: number | undefined;
  /** CPU time per period, in microseconds. */
  readonly cpuQuota?: number | undefined;
  /** CPUs to run on, such as "0-3" or "0,1". */
  readonly cpusetCpus?: string | undefined;
  /** Memory nodes to use, such as "0,1". */
  readonly cpusetMems?: string | undefined;
  /** Parent cgroup of the build containers. */
  readonly cgroupParent?: string | undefined;
  /** Isolation technology; Windows only. */
  readonly isolation?: "default" | "process" | "hyperv" | (string & {}) | undefined;
  /** Security options of the build containers. */
  readonly securityOpt?: readonly string[] | undefined;
  /** Squashes the new layers into one; experimental, false by default. */
  readonly squash?: boolean | undefined;
  /** Removes the build containers once the build succeeds; true by default. */
  readonly rm?: boolean | undefined;
  /** Removes the build containers even if the build fails; same as `rm` by default. */
  readonly forceRm?: boolean | undefined;
}

/** A secret: its value, the file or environment variable that holds it, or a function that fetches it; 500 KiB at most. */
export type BuildSecret =
  | string
  | Uint8Array
  | {
      /** The file that holds it. */
      readonly file: string;
    }
  | {
      /** The variable of this process that holds it. */
      readonly env: string;
    }
  | (() => string | Uint8Array | Promise<string | Uint8Array>);

/** The output of a BuildKit build. */
export type BuildOutput =
  /** An image of the Engine; `push` sends it to the registries of its `tags`. Only on the containerd image store. */
  | {
      /** The kind of output. */
      readonly type: "image";
      /** Whether it is sent to the registries of its `tags`; false by default. */
      readonly push?: boolean | undefined;
      /** Further attributes of the exporter. */
      readonly attrs?: OutputAttributes | undefined;
    }
  /** The files of the last stage, in a folder. */
  | {
      /** The kind of output. */
      readonly type: "local";
      /** The folder. */
      readonly dest: string;
      /** Further attributes of the exporter. */
      readonly attrs?: OutputAttributes | undefined;
    }
  /**
   * A tar: of the last stage's files ("tar"), or of the image in the format of OCI or `docker save`. `dest` is a file,
   * which appears only when complete, or a stream, which is ended, or destroyed if the build fails. Types "oci" and
   * "docker" need the containerd image store.
   */
  | {
      /** The kind of output. */
      readonly type: "tar" | "oci" | "docker";
      /** The file or stream. */
      readonly dest: string | Writable;
      /** Further attributes of the exporter. */
      readonly attrs?: OutputAttributes | undefined;
    };

/** Further attributes of BuildKit's exporter, such as `{ compression: "zstd" }`. */
export type OutputAttributes = Readonly<Record<string, string>>;

/** Result of `docker.build`. */
export interface BuildResult {
  /** The image's ID; undefined unless the output is an image in the Engine. */
  readonly id: string | undefined;
  /** Problems that the builder finds with the Dockerfile or its arguments. */
  readonly warnings: readonly BuildWarning[];
}
