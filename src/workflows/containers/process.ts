import type { Readable, Writable } from "node:stream";
import type { LogStream } from "../../streams/index.js";

/** Size of a terminal, in characters. */
export interface TerminalSize {
  /** Characters in a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
}

/** A signal, by name or number. */
export type ProcessSignal = NodeJS.Signals | number;

/**
 * A running process in a container, returned by `spawn` and `launch`.
 *
 * Output that nobody reads blocks the process, like a full pipe, once the connection can hold no more. You may read one stream
 * before the other: up to 16 MiB of the other wait meanwhile; beyond that, both fail. To drop one, call its `resume()`.
 */
export interface Process {
  /**
   * The standard input; null if the process has none. Ending it tells the process that no more will come; a terminal gets
   * a Ctrl-D.
   */
  readonly stdin: Writable | null;
  /** The standard output; all of the output if there is a terminal. */
  readonly stdout: Readable;
  /** The standard error; ends at once if there is a terminal. */
  readonly stderr: Readable;
  /**
   * Both outputs in order of arrival, to read instead of the separate streams:
   * `for await (const { stream, data } of process.combined)`, or its `lines()`, `text()` and `pipe()`.
   */
  readonly combined: LogStream;
  /**
   * Resolves when the process has exited; the end of its output may still be on its way. Rejects if that can no longer be
   * known: the connection broke, the signal fired or the timeout passed. The streams fail with the same error. An
   * unhandled rejection does not end the program.
   */
  readonly exitCode: Promise<number>;
  /**
   * Resizes the terminal. Does nothing if the process has exited.
   *
   * @throws {ArgumentError} the process has no terminal, or the size is not two positive whole numbers
   * @throws {DockerError} the Engine refuses, or cannot be reached
   */
  resize(size: TerminalSize): Promise<void>;
  /**
   * Sends a signal, SIGKILL by default. Does nothing if the process has exited.
   *
   * @throws {ArgumentError} not a signal
   * @throws {UnsupportedError} for a process of `spawn`: it cannot be found, see `docker.spawn`
   * @throws {DockerError} the Engine refuses, or cannot be reached
   */
  kill(signal?: ProcessSignal): Promise<void>;
}

/** A process that `docker.spawn` started in a running container. Leaving an `await using` block kills it. */
export interface ExecProcess extends Process, AsyncDisposable {
  /** The ID of the exec. */
  readonly id: string;
}

/**
 * The process of a container that `docker.launch` started. Leaving an `await using` block removes the container.
 */
export interface ContainerProcess extends Process, AsyncDisposable {
  /** The container's ID. */
  readonly id: string;
  /** The container's name. */
  readonly name: string;
}

/** Options of a process that has a standard input. */
export interface Piped {
  /** Omitted or true: the process has a `stdin` to write to. */
  readonly stdin?: true | undefined;
}

/** Options of a container whose output is not received. */
export interface Detached {
  /** False: the process runs, and its streams are not connected. */
  readonly attach: false;
}

/** A process with a standard input. */
export interface WithStdin {
  /** Input of the process; end it to close its stdin. */
  readonly stdin: Writable;
}
