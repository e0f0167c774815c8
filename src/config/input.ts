import type { Connect } from "./endpoint.js";
import type { TlsOptions } from "./tls-options.js";

/** What a user of the client can say about the Engine. */
export interface ConfigOptions {
  readonly host?: string | undefined;
  readonly context?: string | undefined;
  readonly connect?: Connect | undefined;
  /** Milliseconds. */
  readonly connectTimeout?: number | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly apiVersion?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Everything the configuration depends on; nothing else is looked at. */
export interface ConfigInput {
  readonly options: ConfigOptions;
  /** As in the docker CLI, a variable that is empty counts as unset. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.platform`. */
  readonly platform: NodeJS.Platform;
  /** The user's home, as `os.homedir()`. */
  readonly home: string;
  /** A file's bytes; undefined if there is none. May throw for any other failure. */
  readFile(path: string): Buffer | undefined;
  /** The names in a folder; none if there is no such folder. May throw for any other failure. */
  listFolder(path: string): string[];
  /** Tells whether there is anything at a path. */
  socketExists(path: string): boolean;
}
