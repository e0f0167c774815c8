import { type Rules, reading, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import { kindOf, readMembers } from "../../members.js";
import { quote } from "../../quote.js";
import type { Equivalents } from "../../unknown-option.js";

/** Settings of a process. */
export interface ProcessSettings {
  /** Environment variables to add to the container's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `user[:group]`, by name or number; the image's by default. */
  readonly user?: string | undefined;
  /** The working directory, an absolute path; the image's by default. */
  readonly workingDir?: string | undefined;
  /** Allocates a terminal; all output is then standard output. False by default. */
  readonly tty?: boolean | undefined;
}

/** Checks of {@link ProcessSettings}. */
export const PROCESS_RULES: Rules<ProcessSettings> = {
  env: rule.checkedLater,
  user: rule.text,
  workingDir: rule.text,
  tty: rule.boolean,
};

/** Names that the Engine and other clients give to settings of every command. */
export const COMMAND_EQUIVALENTS: Equivalents = {
  Env: 'env: { NAME: "value" }',
  Cmd: { advice: "pass the command as a separate argument" },
  cwd: "workingDir",
  shell: { advice: 'pass the shell as the command: ["sh", "-c", "…"]' },
};

/** The same, with those of input and output. */
export const PROCESS_EQUIVALENTS: Equivalents = {
  ...COMMAND_EQUIVALENTS,
  AttachStdin: "stdin",
  AttachStdout: { advice: "write stdout, or omit it to get the output as text" },
  AttachStderr: { advice: "write stderr, or omit it to get the output as text" },
  hijack: "stdin",
  input: "stdin",
};

const STREAMS = { advice: "the handle has stdin, stdout and stderr" };

/** Replacements where there is a handle, including for options of child_process. */
export const HANDLE_EQUIVALENTS: Equivalents = {
  AttachStdout: STREAMS,
  AttachStderr: STREAMS,
  stdio: STREAMS,
  killSignal: { advice: "call kill of the handle with the signal" },
};

/** Environment variables in the Engine's form. Values may be secret, and so may anything after "=" in a name. */
export function environment(env: ProcessSettings["env"], workflow: string): string[] {
  const variables = readMembers(env === undefined ? {} : env, [], (problem) => {
    throw new ArgumentError(`${workflow}: the option env ${problem}; write it as in { NAME: "value" }`);
  });
  return Object.entries(variables).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    const shown = quote(name.replace(/=.*/s, "=…"));
    if (typeof value !== "string") {
      throw new ArgumentError(`${workflow}: env has ${kindOf(value)} for ${shown}; give a string`);
    }
    if (!name || name.includes("=") || `${name}${value}`.includes("\0")) {
      throw new ArgumentError(
        `${workflow}: env cannot set ${shown}: a name must not be empty or contain "=", and neither name nor value may contain NUL`,
      );
    }
    return [`${name}=${value}`];
  });
}

/**
 * Copies a command. A string is refused: the Engine would look for a program of that whole name. It may hold a secret, so
 * it is not quoted.
 */
export function commandOf(cmd: unknown, workflow: string): string[] {
  return reading(workflow, () => {
    const words: unknown[] = Array.isArray(cmd) ? [...cmd] : [cmd];
    const odd = words.find((word) => typeof word !== "string");
    if (Array.isArray(cmd) && odd === undefined && !words.includes(undefined)) return words as string[];
    throw new ArgumentError(
      `${workflow}: the command must be an array of strings, such as ["sh", "-c", "echo hello"], not ` +
        (Array.isArray(cmd) ? `one with ${kindOf(odd)}` : kindOf(cmd)),
    );
  });
}
