import { describe, type Rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { ProcessSignal, TerminalSize } from "./process.js";

/** Rule of the option `stdin` of `spawn` and `launch`, which for `run` and `exec` is the input itself. */
export const PIPED: Rule = {
  must: "true or false; write input to the stdin of what is returned",
  check: (value) => typeof value === "boolean",
  secret: true,
};

const LONGEST_SIDE = 65_535;

/** A size in the Engine's terms. @throws {ArgumentError} the size is invalid */
export function sidesOf(size: TerminalSize, where: string): { h: number; w: number } {
  const { columns, rows } = (size ?? {}) as Partial<TerminalSize>;
  for (const [name, length] of Object.entries({ columns, rows })) {
    if (!Number.isInteger(length) || (length as number) < 1 || (length as number) > LONGEST_SIDE) {
      throw new ArgumentError(
        `${where}: ${name} must be a whole number from 1 to ${LONGEST_SIDE}, not ${describe(length)}`,
      );
    }
  }
  return { h: rows as number, w: columns as number };
}

/** The initial size of a terminal. @throws {ArgumentError} the size is invalid, or the process has no terminal */
export function consoleSizeOf(
  size: TerminalSize | undefined,
  tty: boolean,
  workflow: string,
): [number, number] | undefined {
  if (size === undefined) return undefined;
  const { h, w } = sidesOf(size, `${workflow}: the option size`);
  if (!tty)
    throw new ArgumentError(`${workflow}: the option size is that of a terminal; set tty to true too`);
  return [h, w];
}

const HIGHEST_SIGNAL = 64;
/** Linux's signals: a container's are not this machine's. */
const SIGNALS: ReadonlySet<string> = new Set(
  (
    "HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CLD CONT STOP TSTP TTIN TTOU URG " +
    "XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS RTMIN RTMAX"
  ).split(" "),
);

/** A signal as `kill` takes it, such as "TERM" or "15". @throws {ArgumentError} no such signal */
export function signalName(signal: ProcessSignal, where: string): string {
  if (typeof signal === "number" && Number.isInteger(signal) && signal > 0 && signal <= HIGHEST_SIGNAL)
    return String(signal);
  const [, name = "", plain = name] =
    (typeof signal === "string" &&
      /^(?:SIG)?((RTMIN(?=\+)|RTMAX(?=-)|[A-Z][A-Z0-9]*)(?:[+-]\d{1,2})?)$/.exec(signal)) ||
    [];
  if (SIGNALS.has(plain)) return name;
  throw new ArgumentError(
    `${where}: the signal must be a name such as "SIGTERM", or a number from 1 to ${HIGHEST_SIGNAL}, not ${describe(signal)}`,
  );
}
