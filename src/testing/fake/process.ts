import { constants } from "node:os";
import { type PassThrough, Writable } from "node:stream";
import { describe } from "../../arguments.js";
import type { MockedOutput } from "../mocked-operations.js";
import { Refusal } from "./refusal.js";
import type { FakeProcess, Program, ScriptedFiles } from "./scripts.js";
import { Terminal } from "./terminal.js";

/** Signals that do not end a process unless it asks for them. */
const HARMLESS = ["SIGWINCH", "SIGCHLD", "SIGURG", "SIGCONT"];

/** The name of a signal that a client gave by number or by name, with or without SIG. */
export function signalNamed(text: string): NodeJS.Signals | undefined {
  const signals = Object.entries(constants.signals);
  const name = text.toUpperCase();
  const found = /^\d+$/.test(text)
    ? signals.find(([, number]) => number === Number(text))
    : signals.find(([known]) => known === name || known === `SIG${name}`);
  return found?.[0] as NodeJS.Signals | undefined;
}

export const signalNumber = (signal: NodeJS.Signals): number => constants.signals[signal];

/** Everything a process starts with. */
export interface ProcessSettings {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly tty: boolean;
  readonly stdin: PassThrough;
  /** Takes its output. The process is held up until it resolves. */
  readonly write: (piece: MockedOutput) => Promise<void>;
  readonly health: (status: "healthy" | "unhealthy") => void;
  readonly files: ScriptedFiles;
  /** Rows and columns of the terminal that a client asked for. */
  readonly size?: readonly number[] | undefined;
}

/** A running scripted process. */
export class RunningProcess {
  /** Its exit code. Never rejects. */
  readonly exited: Promise<number>;
  readonly #ignores: readonly string[];
  readonly #killed = new AbortController();
  #size = { columns: 80, rows: 24 };
  #exit!: (code: number) => void;

  constructor({ run, ignores, health: told }: Program, settings: ProcessSettings) {
    const { args, env, files, health, tty, write } = settings;
    this.#ignores = ignores;
    const [rows = 0, columns = 0] = settings.size ?? [];
    if (rows > 0 && columns > 0) this.resize(columns, rows);
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
    const streamTo = (stream: "stdout" | "stderr"): Writable =>
      new Writable({
        write: (data: Buffer, _encoding, done) =>
          void (data.length > 0 ? write({ stream, data }) : Promise.resolve()).then(() => done(), done),
      }).on("error", () => undefined);
    const terminal = tty ? new Terminal(settings.stdin, write, (signal) => this.kill(signal)) : undefined;
    const stdout = terminal?.output ?? streamTo("stdout");
    const stderr = terminal?.output ?? streamTo("stderr");
    const stdin = terminal?.input ?? settings.stdin;
    const timer = told && setTimeout(() => health(told.status), told.after);
    const process: FakeProcess = {
      ...{ args, tty, stdin, stdout, stderr, health, signal: this.#killed.signal },
      env: Object.fromEntries(env.map((line) => line.split(/=(.*)/s, 2) as [string, string])),
      size: () => this.#size,
      readFile: (path) => files.read(path),
      writeFile: (path, content) => files.write(path, content),
    };
    void this.#run(run, process);
    void this.exited.then(() => {
      clearTimeout(timer);
      for (const stream of [stdout, stderr, stdin]) stream.destroy();
    });
  }

  /** Sends a signal, which ends the process unless it is ignored. */
  kill(signal: NodeJS.Signals): void {
    const isIgnored = signal !== "SIGKILL" && [...HARMLESS, ...this.#ignores].includes(signal);
    if (isIgnored) return;
    this.#exit(128 + signalNumber(signal));
    this.#killed.abort(signal);
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
  }

  async #run(run: Program["run"], process: FakeProcess): Promise<void> {
    // The caller listens to its exit and its output first.
    await Promise.resolve();
    let code: number;
    try {
      code = (await run(process)) ?? 0;
      if (!Number.isInteger(code) || code < 0 || code > 255)
        throw new TypeError(
          `A scripted process must return an exit code from 0 to 255, not ${describe(code)}.`,
        );
    } catch (error) {
      if (this.#killed.signal.aborted) return;
      process.stderr.write(`${(error as Error)?.stack ?? error}\n`);
      code = 1;
    }
    await Promise.all([process.stdout, process.stderr].map(flushed));
    this.#exit(code);
  }
}

/** Resolves when all output so far has been taken. */
const flushed = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write("", () => resolve());
  });

/** @throws {Refusal} no such signal */
export function signalIn(text: string, container: string): NodeJS.Signals {
  const signal = signalNamed(text);
  if (!signal) throw new Refusal(400, `cannot kill container: ${container}: invalid signal: ${text}`);
  return signal;
}
