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
 * A running process in a container, as `spawn` and `launch` return it.
 *
 * Output that nobody reads holds the process up, as a pipe does, once it fills what the connection can hold. Of the two
 * streams one may be read before the other: up to 16 MiB of the other wait meanwhile, beyond which both fail. To drop one,
 * call its `resume()`.
 */
export interface Process {
  /**
   * The standard input; null if the process has none. Ending it tells the process that no more will come; at a terminal
   * that is a Ctrl-D.
   */
  readonly stdin: Writable | null;
  /** The standard output; all of the output if there is a terminal. */
  readonly stdout: Readable;
  /** The standard error; ends at once if there is a terminal. */
  readonly stderr: Readable;
  /**
   * Both of them in order of arrival, to be read instead: `for await (const { stream, data } of process.combined)`, or
   * its `lines()`, `text()` and `pipe()`.
   */
  readonly combined: LogStream;
  /**
   * Resolves when the process has exited; the end of the output may still arrive then. Rejects if that cannot be known
   * any more: the connection broke, the signal fired or the timeout passed. The streams fail with the same error. An
   * unhandled rejection does not end the program.
   */
  readonly exitCode: Promise<number>;
  /**
   * Resizes the terminal. Does nothing if the process has exited.
   *
   * @throws {ArgumentError} there is no terminal, or the size is not two positive whole numbers
   * @throws {DockerError} the Engine refuses, or cannot be reached
   */
  resize(size: TerminalSize): Promise<void>;
  /**
   * Sends a signal, SIGKILL by default. Does nothing if the process has exited.
   *
   * @throws {ArgumentError} that is not a signal
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
