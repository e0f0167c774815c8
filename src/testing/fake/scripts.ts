import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { isDuration, LONGEST_MS, quote } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { MockedOutput, Pieces } from "../mocked-operations.js";
import { shortName } from "./image-name.js";

/** What the function of a scripted process is given. */
export interface FakeProcess {
  /** The program and its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Ended if nothing is attached to it. */
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** With a terminal, the same as stdout. */
  readonly stderr: Writable;
  readonly tty: boolean;
  /** The terminal's size: the last that a client set. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Fires when a signal has ended the process; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Sets the health of the container. */
  readonly health: (status: "healthy" | "unhealthy") => void;
  /** The content of a file of the container; undefined if it has none of that path. */
  readonly readFile: (path: string) => Buffer | undefined;
  /** Writes a file of the container, and the folders it is in. */
  readonly writeFile: (path: string, content: string | Uint8Array) => void;
}

/** The files of a container, as its processes use them. */
export interface ScriptedFiles {
  read(path: string): Buffer | undefined;
  write(path: string, content: string | Uint8Array): void;
}

/** A process as a function: its result is the exit code, 0 if it returns none. What it throws is printed, with exit code 1. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a result is one that exits with 0.
export type FakeProgram = (process: FakeProcess) => number | void | Promise<number | void>;

/** What a process of a fake Engine does. */
export interface FakeScript {
  /** Which commands do this: their words joined by spaces, part of that, or a function of the words. Any by default. */
  readonly command?: string | RegExp | ((args: readonly string[]) => boolean) | undefined;
  /** What it writes first: text for stdout, or pieces for either stream, possibly over time. */
  readonly output?: string | Pieces<string | MockedOutput> | undefined;
  /** Whether it writes its input to stdout until the input ends. False by default. */
  readonly echo?: boolean | undefined;
  /** How long it then runs, in milliseconds: 0 by default, Infinity until it is stopped. */
  readonly duration?: number | undefined;
  /** Exit code; 0 by default. */
  readonly exitCode?: number | undefined;
  /** Signals that do not end it, such as SIGTERM. SIGKILL always does. */
  readonly ignores?: readonly string[] | undefined;
  /** The container's health, and how many milliseconds after the start it is told; 0 by default. */
  readonly health?:
    | "healthy"
    | "unhealthy"
    | { readonly status: "healthy" | "unhealthy"; readonly after?: number }
    | undefined;
  /** What it does, as a function; instead of `output`, `echo`, `duration` and `exitCode`. */
  readonly run?: FakeProgram | undefined;
}

/** What runs in the containers of an image: a function or script for all commands, or a list, of which the first that fits counts. */
export type FakeProcesses = FakeProgram | FakeScript | readonly (FakeProgram | FakeScript)[];

/** What a command does. */
export interface Program {
  readonly run: FakeProgram;
  readonly ignores: readonly string[];
  readonly health: { readonly status: "healthy" | "unhealthy"; readonly after: number } | undefined;
}

/** Key for the images that have no processes of their own. */
const ANY = "*";

/** The processes of all images. */
export class Scripts {
  readonly #byImage = new Map<string, readonly FakeScript[]>();

  /** @throws {ArgumentError} a script that cannot be */
  constructor(processes: Readonly<Record<string, FakeProcesses>>) {
    for (const [image, given] of Object.entries(processes)) {
      const scripts = [given].flat().map((one) => (typeof one === "function" ? { run: one } : one));
      for (const script of scripts) check(script as FakeScript, image);
      this.#byImage.set(image === ANY ? ANY : shortName(image), scripts as FakeScript[]);
    }
  }

  /** The images that have processes. */
  get images(): readonly string[] {
    return [...this.#byImage.keys()].filter((name) => name !== ANY);
  }

  /**
   * What a command does in an image, or in the one it was built from; undefined if neither has such a program. With `named`,
   * only scripts that name their command count.
   */
  find(images: readonly string[], args: readonly string[], { named = false } = {}): Program | undefined {
    for (const image of [...images, ANY]) {
      const scripts = this.#byImage.get(image) ?? [];
      const script = scripts.find(({ command }) => !(named && command === undefined) && fits(command, args));
      if (script) return programOf(script);
    }
    return undefined;
  }
}

/** What to do about a command that nothing is scripted for. */
export const adviceFor = (args: readonly string[]): string =>
  `. This is a fake Engine: its option processes has nothing for ${quote(args.join(" "))}`;

function fits(command: FakeScript["command"], args: readonly string[]): boolean {
  if (command === undefined) return true;
  if (typeof command === "function") return command(args);
  const line = args.join(" ");
  return typeof command === "string" ? command === line : command.test(line);
}

function programOf(script: FakeScript): Program {
  const { health, ignores = [], run = (process) => play(script, process) } = script;
  const told = typeof health === "string" ? { status: health } : health;
  return { run, ignores, health: told && { after: 0, ...told } };
}

/** Does what a script says. */
async function play(script: FakeScript, { signal, stdin, stdout, stderr }: FakeProcess): Promise<number> {
  const { output = [], echo = false, duration = 0, exitCode = 0 } = script;
  for await (const piece of typeof output === "string" ? [output] : output) {
    const { stream, data } = typeof piece === "string" ? { stream: "stdout", data: piece } : piece;
    await written(stream === "stderr" ? stderr : stdout, data);
  }
  if (echo) for await (const chunk of stdin) await written(stdout, chunk);
  if (duration === Number.POSITIVE_INFINITY) await new Promise(() => undefined);
  else if (duration > 0) await sleep(duration, undefined, { signal });
  return exitCode;
}

const written = (stream: FakeProcess["stdout"], data: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()));
  });

function check(script: FakeScript, image: string): void {
  const fail = (problem: string): never => {
    throw new ArgumentError(`startFakeEngine: a process of ${image} ${problem}`);
  };
  if (typeof script !== "object" || script === null) fail(`must be a function or an object, not ${script}`);
  const unknown = Object.keys(script).find((name) => !(MEMBERS as readonly string[]).includes(name));
  if (unknown !== undefined) fail(`has the unknown member ${unknown}; there are ${MEMBERS.join(", ")}`);
  const { duration = 0, exitCode = 0, run, output, echo } = script;
  if (duration !== 0 && duration !== Number.POSITIVE_INFINITY && !isDuration(duration)) {
    fail(
      `has a duration that is not a number of milliseconds, ${LONGEST_MS} at most, or Infinity: ${duration}`,
    );
  }
  if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255) {
    fail(`has an exit code that is not a number from 0 to 255: ${exitCode}`);
  }
  if (run && (output ?? echo ?? script.duration ?? script.exitCode) !== undefined) {
    fail("has run, and also output, echo, duration or exitCode; do that in run");
  }
}

const MEMBERS = ["command", "output", "echo", "duration", "exitCode", "ignores", "health", "run"] as const;
