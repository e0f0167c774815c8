import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describe } from "../arguments.js";
import { ArgumentError, StreamError } from "../errors.js";

/** The files that this process is recording. */
const recorded = new Set<string>();

/**
 * A recording while it is written, next to its file; it stays there if the process ends before it is complete. It takes
 * over what another process has left there or is still writing; that process learns of it when it closes its recording.
 */
export class RecordingFile {
  readonly #path: string;
  readonly #descriptor: number;
  #failure: StreamError | undefined;

  /** @throws {ArgumentError} it cannot be written, or is being recorded already */
  constructor(file: string) {
    if (typeof file !== "string" || file === "")
      throw new ArgumentError(`recordEngine: the file must be a path, not ${describe(file)}`);
    this.#path = resolve(file);
    if (recorded.has(this.#path))
      throw new ArgumentError(
        `recordEngine: ${file} is being recorded already; close that recording first, or name another file`,
      );
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      rmSync(this.#partial, { force: true });
      this.#descriptor = openSync(this.#partial, "wx");
    } catch (cause) {
      throw new ArgumentError(`recordEngine: cannot write ${file}: ${(cause as Error).message}`, { cause });
    }
    recorded.add(this.#path);
  }

  get #partial(): string {
    return `${this.#path}.part`;
  }

  /** Writes at once, so that the file is up to date even if the process ends. A failure shows when the file is closed. */
  write(line: object): void {
    this.#attempt(() => writeSync(this.#descriptor, `${JSON.stringify(line)}\n`));
  }

  /** Puts the recording in its place. @throws {StreamError} it could not be written */
  close(): void {
    this.#attempt(() => this.#checkOwn());
    closeSync(this.#descriptor);
    this.#attempt(() => renameSync(this.#partial, this.#path));
    recorded.delete(this.#path);
    if (this.#failure) throw this.#failure;
  }

  /** @throws {Error} the file there is not the one that was opened */
  #checkOwn(): void {
    const own = fstatSync(this.#descriptor, { bigint: true });
    const there = statSync(this.#partial, { bigint: true, throwIfNoEntry: false });
    if (there?.ino === own.ino && there.dev === own.dev) return;
    throw new Error(
      "it was deleted, or another process has begun to record to it; give each recording a file of its own",
    );
  }

  #attempt(step: () => unknown): void {
    if (this.#failure) return;
    try {
      step();
    } catch (cause) {
      const problem = `recordEngine: cannot write ${this.#path}: ${(cause as Error).message}`;
      this.#failure = new StreamError(problem, { cause });
    }
  }
}
