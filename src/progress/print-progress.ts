import type { Writable } from "node:stream";
import { checkOptions, describe, type Rules, rule } from "../arguments.js";
import { ArgumentError } from "../errors.js";
import { Board, type PrintableEvent } from "./board.js";
import { Plain } from "./plain.js";
import type { Output, Screen } from "./screen.js";
import { SharedListener } from "./shared-listener.js";
import { Terminal } from "./terminal.js";

export type { PrintableEvent } from "./board.js";

/** Options of {@link printProgress}. */
export interface ProgressOptions {
  /** Whether to redraw in place, with bars, rather than print line by line; by default on a terminal, unless TERM is "dumb". */
  readonly interactive?: boolean | undefined;
  /** Whether to color; by default on a terminal. NO_COLOR turns it off, FORCE_COLOR on. */
  readonly color?: boolean | undefined;
}

/** Prints the events it is called with. */
export interface ProgressPrinter {
  (event: PrintableEvent): void;
  /** Prints the last state, and the warnings. Later events are ignored. Without it, that happens when the process exits. */
  end(): void;
  /** Calls `end`, at the end of a `using`. */
  [Symbol.dispose](): void;
}

const exits = new SharedListener("exit");

const RULES: Rules<ProgressOptions> = { interactive: rule.boolean, color: rule.boolean };

/**
 * Prints the progress of a pull, push, load or build like the docker CLI: on a terminal, layers with bars, and the steps
 * of a build with their times and the last lines of their output; elsewhere, plain lines without escape codes. Names of
 * images and files, and output of programs, cannot move the cursor.
 *
 * @param stream where to print; standard error by default
 * @param options whether to redraw and to color
 * @returns a function for `onProgress`; call its `end()` when the work is done
 * @throws {ArgumentError} the stream is not a Writable, or an option is invalid
 * @example
 * const progress = printProgress();
 * await docker.pull("alpine:3.20", { onProgress: progress });
 * progress.end();
 */
export function printProgress(stream: Writable = process.stderr, options?: ProgressOptions): ProgressPrinter {
  if (!rule.writable.check(stream))
    throw new ArgumentError(`printProgress: the stream must be a Writable, not ${describe(stream)}`);
  const output: Output = stream;
  const { color, interactive } = checkOptions(options, RULES, { where: "printProgress" });
  const isTerminal = interactive ?? (output.isTTY === true && process.env.TERM !== "dumb");
  const hasColor = color ?? isColored(process.env, output.isTTY === true && process.env.TERM !== "dumb");
  const board = new Board();
  const screen: Screen = isTerminal
    ? new Terminal(board, output, hasColor)
    : new Plain(board, output, hasColor);
  let hasEnded = false;
  const print = (event: PrintableEvent): void => {
    if (!hasEnded) screen.show(event);
  };
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    exits.remove(process, end);
    screen.end();
  };
  exits.add(process, end);
  return Object.assign(print, { end, [Symbol.dispose]: end });
}

/** The setting in NO_COLOR and FORCE_COLOR, as https://no-color.org and Node define it. */
function isColored({ FORCE_COLOR, NO_COLOR }: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && !NO_COLOR;
}
