import { PassThrough } from "node:stream";
import { quote } from "../../quote.js";
import type { Container } from "./container.js";
import { newId } from "./ids.js";
import { Output } from "./output.js";
import { RunningProcess } from "./process.js";
import { Refusal } from "./refusal.js";
import { adviceFor, type Program } from "./scripts.js";

/** How to run a command in a container. */
export interface ExecSettings {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly tty: boolean;
  readonly privileged: boolean;
  readonly user: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Rows and columns of its terminal. */
  readonly size: readonly number[] | undefined;
}

const NOT_FOUND = 127;

/** A command in a container. */
export class Exec {
  readonly id = newId();
  readonly container: Container;
  readonly settings: ExecSettings;
  readonly output = new Output();
  readonly stdin = new PassThrough().on("error", () => undefined);
  process: RunningProcess | undefined;
  exitCode: number | undefined;
  #started = false;

  constructor(container: Container, settings: ExecSettings) {
    this.container = container;
    this.settings = settings;
    container.execs.set(this.id, this);
    container.tell(`exec_create: ${shown(settings.args)}`, { execID: this.id });
  }

  /** Starts it. A program that the image lacks says so in the output, as on an Engine. @throws {Refusal} it was started before */
  start(program: Program | undefined, size = this.settings.size): void {
    const { args, env, stdin, tty } = this.settings;
    if (this.#started) throw new Refusal(409, `exec command ${this.id} is already running or has exited`);
    this.container.requireRunning();
    this.#started = true;
    if (!stdin) this.stdin.end();
    this.container.tell(`exec_start: ${shown(args)}`, { execID: this.id });
    if (!program) {
      const reason = `exec: ${quote(args[0] ?? "")}: executable file not found in $PATH`;
      const text = `OCI runtime exec failed: exec failed: unable to start container process: ${reason}`;
      const data = Buffer.from(`${text}${adviceFor(args)}\r\n`);
      void this.output.push({ stream: "stdout", data }).then(() => this.#exited(NOT_FOUND));
      return;
    }
    this.process = new RunningProcess(program, {
      ...{ args, env: [...this.container.settings.env, ...env], tty, stdin: this.stdin },
      write: (piece) => this.output.push(piece),
      health: () => undefined,
      files: this.container.files,
      size,
    });
    void this.process.exited.then((code) => this.#exited(code));
  }

  get isRunning(): boolean {
    return this.process !== undefined && this.exitCode === undefined;
  }

  #exited(code: number): void {
    this.exitCode = code;
    this.output.end();
    this.container.tell("exec_die", { execID: this.id, exitCode: String(code) });
  }
}

/** A command in an event: with a space even without arguments. */
const shown = ([program = "", ...args]: readonly string[]): string => `${program} ${args.join(" ")}`;
