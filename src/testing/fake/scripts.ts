import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import {
  checkOptions,
  describe,
  describeItems,
  isAsyncIterable,
  isDuration,
  LONGEST_MS,
  type Rules,
  rule,
} from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { can, isObject, readMembers } from "../../members.js";
import { quote } from "../../quote.js";
import type { MockedOutput, Pieces } from "../mocked-operations.js";
import { shortName } from "./image-name.js";

/** Argument of a scripted process's function. */
export interface FakeProcess {
  /** The program and its arguments. */
  readonly args: readonly string[];
  /** Variables of its environment, by name. */
  readonly env: Readonly<Record<string, string>>;
  /** Its input; already ended if nothing is attached to it. */
  readonly stdin: Readable;
  /** Anything written here is output of the container. */
  readonly stdout: Writable;
  /** With a terminal, the same as stdout. */
  readonly stderr: Writable;
  /** Whether it has a terminal. */
  readonly tty: boolean;
  /** The terminal's size: the last that a client set. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Fires when a signal has ended the process; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Sets the health of the container. */
  readonly health: (status: "healthy" | "unhealthy") => void;
  /** The content of a file in the container; undefined if the path has none. */
  readonly readFile: (path: string) => Buffer | undefined;
  /** Writes a file in the container, and creates its folders. */
  readonly writeFile: (path: string, content: string | Uint8Array) => void;
}

/** The files of a container, for its processes. */
export interface ScriptedFiles {
  read(path: string): Buffer | undefined;
  write(path: string, content: string | Uint8Array): void;
}

/** A process as a function: its result is the exit code, 0 if it returns none. An error that it throws is printed, with exit code 1. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a result is one that exits with 0.
export type FakeProgram = (process: FakeProcess) => number | void | Promise<number | void>;

/** A script for a process of a fake Engine. */
export interface FakeScript {
  /** Which commands run this: their words joined by spaces, a part of that, or a function of the words. Any by default. */
  readonly command?: string | RegExp | ((args: readonly string[]) => boolean) | undefined;
  /** Its first output: text for stdout, or pieces for either stream, possibly over time. */
  readonly output?: string | Pieces<string | MockedOutput> | undefined;
  /** Whether it writes its input to stdout until the input ends. False by default. */
  readonly echo?: boolean | undefined;
  /** How long it then runs, in milliseconds: 0 by default, Infinity until it is stopped. */
  readonly duration?: number | undefined;
  /** Exit code; 0 by default. */
  readonly exitCode?: number | undefined;
  /** Signals that do not end it, such as SIGTERM. SIGKILL always does. */
  readonly ignores?: readonly string[] | undefined;
  /** The container's health, and how many milliseconds after the start it is set; 0 by default. */
  readonly health?:
    | "healthy"
    | "unhealthy"
    | { readonly status: "healthy" | "unhealthy"; readonly after?: number }
    | undefined;
  /** A function to run instead of `output`, `echo`, `duration` and `exitCode`. */
  readonly run?: FakeProgram | undefined;
}

/** Processes in the containers of an image: a function or script for all commands, or a list whose first match counts. */
export type FakeProcesses = FakeProgram | FakeScript | readonly (FakeProgram | FakeScript)[];

/** The process of a command. */
export interface Program {
  readonly run: FakeProgram;
  readonly ignores: readonly string[];
  readonly health: { readonly status: "healthy" | "unhealthy"; readonly after: number } | undefined;
}

/** Key for images without their own processes. */
const ANY = "*";

/** The processes of all images. */
export class Scripts {
  readonly #byImage = new Map<string, readonly FakeScript[]>();

  /** @throws {ArgumentError} a script is invalid */
  constructor(processes: Readonly<Record<string, FakeProcesses>>) {
    const fail = (problem: string): never => {
      throw new ArgumentError(`startFakeEngine: the option processes ${problem}`);
    };
    const byImage = readMembers(processes, [], fail, "an object, by image") as typeof processes;
    for (const [image, given] of Object.entries(byImage)) {
      const scripts = [given].flat().map((one) => scriptOf(one, image));
      this.#byImage.set(image === ANY ? ANY : shortName(image), scripts);
    }
  }

  /** The images that have processes. */
  get images(): readonly string[] {
    return [...this.#byImage.keys()].filter((name) => name !== ANY);
  }

  /**
   * The process of a command in an image, or in the one it was built from; undefined if neither has such a program. With
   * `named`, only scripts that name their command count.
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

/** What to do about a command without a script. */
export const adviceFor = (args: readonly string[]): string =>
  `. This is a fake Engine: its option processes has nothing for ${quote(args.join(" "))}`;

function fits(command: FakeScript["command"], args: readonly string[]): boolean {
  if (command === undefined) return true;
  if (typeof command === "function") return command(args);
  const line = args.join(" ");
  if (typeof command === "string") return command === line;
  // With g or y, each test would begin where the last one ended.
  return new RegExp(command.source, command.flags.replace(/[gy]/g, "")).test(line);
}

function programOf(script: FakeScript): Program {
  const { health, ignores = [], run = (process) => play(script, process) } = script;
  const told = typeof health === "string" ? { status: health } : health;
  return { run, ignores, health: told && { after: 0, ...told } };
}

/** Runs a script. */
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

/** Checks a process given by a caller. @throws {ArgumentError} it is invalid */
function scriptOf(given: FakeProgram | FakeScript, image: string): FakeScript {
  const where = `startFakeEngine: a process of ${image}`;
  if (typeof given === "function") return { run: given };
  if (!isObject(given)) {
    throw new ArgumentError(`${where} must be a function or an object, not ${describe(given)}`);
  }
  const script = checkOptions<FakeScript>(given, SCRIPT_RULES, { where });
  const { duration, echo, exitCode, health, output, run } = script;
  if (run && (output ?? echo ?? duration ?? exitCode) !== undefined) {
    throw new ArgumentError(`${where} has run, and also output, echo, duration or exitCode; do that in run`);
  }
  if (typeof health !== "object") return script;
  return { ...script, health: checkOptions(health, HEALTH_RULES, { where: `${where}: health` }) };
}

const isStatus = (value: unknown): boolean => value === "healthy" || value === "unhealthy";

/** Whether a process can write a piece. */
const isPiece = (piece: unknown): boolean =>
  typeof piece === "string" ||
  (isObject(piece) &&
    (piece.stream === "stdout" || piece.stream === "stderr") &&
    (typeof piece.data === "string" || ArrayBuffer.isView(piece.data)));

/** The items of an iterable are known only when it is read; those of an array are checked. */
function isOutput(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPiece);
  const isBinary = ArrayBuffer.isView(value);
  return typeof value === "string" || (!isBinary && can(value, Symbol.iterator)) || isAsyncIterable(value);
}

const isSignal = (value: unknown): boolean => Object.hasOwn(constants.signals, String(value));

const SCRIPT_RULES: Rules<FakeScript> = {
  command: {
    must: "a string, a RegExp or a function",
    check: (value) => ["string", "function"].includes(typeof value) || can(value, "test"),
  },
  output: {
    must: 'a string, or an array or async iterable of strings and { stream: "stdout" or "stderr", data }',
    check: isOutput,
    describe: describeItems(isPiece),
  },
  echo: rule.boolean,
  duration: {
    must: `a number of milliseconds, ${LONGEST_MS} at most, or Infinity until it is stopped`,
    check: (value) => value === 0 || value === Number.POSITIVE_INFINITY || isDuration(value),
  },
  exitCode: {
    must: "an integer from 0 to 255",
    check: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255,
  },
  ignores: {
    must: 'an array of signals, such as ["SIGTERM"]',
    check: (value) => Array.isArray(value) && value.every(isSignal),
    describe: describeItems(isSignal),
  },
  health: {
    must: '"healthy", "unhealthy" or { status, after }, whose status is one of these',
    check: (value) => isStatus(isObject(value) ? value.status : value),
  },
  run: rule.function,
};

const HEALTH_RULES: Rules<Exclude<FakeScript["health"], string | undefined>> = {
  status: { must: '"healthy" or "unhealthy"', check: isStatus },
  after: {
    must: `a number of milliseconds, ${LONGEST_MS} at most`,
    check: (value) => value === 0 || isDuration(value),
  },
};
