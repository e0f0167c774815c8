import type { Writable } from "node:stream";
import type { ImageBuildOptions } from "#generated/options.js";
import type { BinaryBody } from "#generated/schema.js";
import type { BuildEvent, BuildWarning } from "./build-event.js";

/** A checked and complete request for a BuildKit build. Files and secrets it names are read when the Engine asks for them. */
export interface BuildKitSettings {
  /** Options of the build, as `imageBuild` names them. */
  readonly query: BuildKitQuery;
  readonly context: BuildKitContext;
  /** Readers of the secrets, by ID. */
  readonly secrets: ReadonlyMap<string, () => Promise<Uint8Array>>;
  /** Paths of the agents' sockets, by ID. */
  readonly ssh: ReadonlyMap<string, string>;
  /** Finds the login for a registry, "docker.io" for Docker Hub; undefined without one. */
  readonly login: (host: string, signal: AbortSignal) => Promise<RegistryLogin | undefined>;
  /** Where the result goes; into the Engine's images by default. */
  readonly output?: BuildKitOutput | undefined;
  /** Identifies the folder to the Engine, so that only changes are sent; by default, a name that only this client knows. */
  readonly contextKey?: string | undefined;
  /** If it throws, the build ends with that error. */
  readonly onEvent: (event: BuildEvent) => void;
}

/** Options of `imageBuild` that BuildKit heeds, without those that depend on the session. */
export type BuildKitQuery = Pick<
  ImageBuildOptions,
  | "buildargs"
  | "cachefrom"
  | "extrahosts"
  | "labels"
  | "networkmode"
  | "nocache"
  | "platform"
  | "pull"
  | "shmsize"
  | "t"
  | "target"
  | "ulimits"
>;

/** A folder from which the Engine takes what it needs, a tar that is sent once, or the URL of a Git repository, tar or Dockerfile. */
export type BuildKitContext =
  | {
      /** Path without links. */
      readonly folder: string;
      /** The folder that the Dockerfile is in and its name there, or its text. */
      readonly dockerfile: { readonly folder: string; readonly name: string } | { readonly text: string };
      /** Reads the lines of an ignore file; used for what the Engine excludes or asks for. @throws {Error} a line is invalid */
      readonly matcher: (patterns: readonly string[]) => PathMatcher;
    }
  | {
      readonly tar: BinaryBody;
      /** Path of the Dockerfile in the tar. */
      readonly dockerfile?: string | undefined;
    }
  | {
      readonly remote: string;
      /** Path of the Dockerfile in the URL's content. */
      readonly dockerfile?: string | undefined;
    };

/** Decides about the items of a folder: asked about a folder before its contents, and about all of those before anything else. */
export interface PathMatcher {
  /**
   * Whether the patterns leave an item alone ("take"), match a folder but not everything in it ("skip"), or match it with
   * everything in it ("prune").
   */
  choose(path: string, isDirectory: boolean): "take" | "skip" | "prune";
}

/** A login for a registry; an identity token takes the place of a password. */
export interface RegistryLogin {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly identitytoken?: string | undefined;
}

/** The form of the result, and where it goes. */
export interface BuildKitOutput {
  /** The Engine's exporter: "image", "tar", "oci" or "docker". For files in a folder, "tar" and `unpack`. */
  readonly type: string;
  /** Options of the exporter, such as `push: "true"`. */
  readonly attrs: Readonly<Record<string, string>>;
  /** Where the bytes go, for exporters that send any. */
  readonly to?: BuildKitDestination | undefined;
}

/** A file that appears when it is complete, a stream that is ended after the last byte, or a function that takes the bytes. */
export type BuildKitDestination =
  | { readonly file: string }
  | { readonly stream: Writable }
  | { readonly unpack: (tar: AsyncIterable<Uint8Array>) => Promise<void> };

/** The result of a build. */
export interface BuildKitResult {
  /** ID of the image; undefined unless the output is an image in the Engine. */
  readonly id: string | undefined;
  readonly warnings: readonly BuildWarning[];
}
