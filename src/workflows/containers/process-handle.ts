import { Readable, type Writable } from "node:stream";
import { settledWithin } from "../../abort.js";
import { ArgumentError, isEngineError } from "../../errors.js";
import type { Call } from "../../operation/index.js";
import { type AttachStream, LogStream } from "../../streams/index.js";
import type { Process, ProcessSignal, TerminalSize } from "./process.js";
import { sidesOf, signalName } from "./process-arguments.js";
import { inputOf } from "./stdin.js";

/** How long after its start an Engine may say that a process does not exist yet. */
const START_PATIENCE_MS = 2000;
const MAY_PASS: readonly number[] = [404, 409, 500];

/** The parts of a process that its handle needs. */
export interface ProcessParts {
  /** Named in errors. */
  readonly workflow: string;
  /** Its standard streams, and the output read from them; undefined if they are not wanted. */
  readonly attached: AttachStream | undefined;
  readonly output: LogStream | undefined;
  readonly exitCode: Promise<number>;
  readonly hasInput: boolean;
  readonly tty: boolean;
}

/** Common parts of `spawn` and `launch`. */
export abstract class ProcessHandle implements Process {
  readonly stdin: Writable | null;
  readonly exitCode: Promise<number>;
  /** Whether it has exited with an exit code. */
  protected hasExited = false;
  readonly #workflow: string;
  readonly #tty: boolean;
  readonly #output: LogStream;
  #streams: Record<"stdout" | "stderr", Readable> | undefined;

  constructor({ attached, exitCode, hasInput, output, tty, workflow }: ProcessParts) {
    this.stdin = attached && hasInput ? inputOf(attached, tty) : null;
    this.exitCode = exitCode;
    this.#workflow = workflow;
    this.#tty = tty;
    this.#output = output ?? new LogStream(Readable.from([]), workflow, "raw");
    exitCode.then(
      () => {
        this.hasExited = true;
      },
      () => undefined,
    );
  }

  /** Asks the Engine to resize the terminal. */
  protected abstract askResize(sides: { readonly h: number; readonly w: number }): Call<void>;

  /** Asks the Engine to send a signal, given as "TERM" or "15". */
  protected abstract askKill(signal: string): Promise<void>;

  get stdout(): Readable {
    return this.#takeStreams().stdout;
  }

  get stderr(): Readable {
    return this.#takeStreams().stderr;
  }

  get combined(): LogStream {
    return this.#output;
  }

  async resize(size: TerminalSize): Promise<void> {
    const sides = sidesOf(size, `${this.#workflow}: resize`);
    if (!this.#tty) {
      throw new ArgumentError(`${this.#workflow}: there is no terminal to resize; set the option tty`);
    }
    const begun = performance.now();
    for (let delay = 10; !this.hasExited; delay *= 2) {
      const resized = await this.askResize(sides).result();
      if (resized.ok) return;
      const { error } = resized;
      // Engines answer any of these if it has not quite begun, or has just exited.
      if (!MAY_PASS.some((status) => isEngineError(error, status))) throw error;
      await settledWithin(this.exitCode, delay);
      if (!this.hasExited && performance.now() - begun > START_PATIENCE_MS) throw error;
    }
  }

  async kill(signal: ProcessSignal = "SIGKILL"): Promise<void> {
    const name = signalName(signal, `${this.#workflow}: kill`);
    if (!this.hasExited) await this.askKill(name);
  }

  /** Both at once: if they were taken one by one, the second's output would be dropped until it is taken. */
  #takeStreams(): Record<"stdout" | "stderr", Readable> {
    if (this.#streams) return this.#streams;
    const { stdout } = this.#output;
    const streams = { stdout, stderr: this.#tty ? Readable.from([]) : this.#output.stderr };
    // Nobody has to read both. Unhandled, the error would end this program; the exit code rejects with it too.
    for (const stream of Object.values(streams)) stream.on("error", () => undefined);
    this.#streams = streams;
    return streams;
  }
}

/** Resizes a new terminal, since Podman and Engines before API 1.42 ignore its initial size. */
export async function sized<P extends Process>(started: P, size: TerminalSize | undefined): Promise<P> {
  // A process may end before it has a size; any later resize tells what is wrong.
  if (size) await started.resize(size).catch(() => undefined);
  return started;
}
