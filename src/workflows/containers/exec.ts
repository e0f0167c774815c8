import { setTimeout as sleep } from "node:timers/promises";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import { ArgumentError, StreamError } from "../../errors.js";
import { type EngineClient, idOf } from "../engine-client.js";
import { LIMIT_RULES, type Limits, unlessAborted, withLimits } from "../limits.js";
import { type OutputSinks, type OutputText, readOutput, SINK_RULES } from "./output.js";
import {
  commandOf,
  environment,
  PROCESS_EQUIVALENTS,
  PROCESS_RULES,
  type ProcessSettings,
} from "./process-options.js";
import { type Input, owningInput, standardInput } from "./stdin.js";

/** Options of `docker.exec`. */
export interface ExecOptions extends ProcessSettings, OutputSinks, Limits {
  /**
   * Input of the command; none by default. A stream is read at the command's pace, and destroyed if the command exits
   * first. With a terminal, Ctrl-D is sent at the end.
   */
  readonly stdin?: Input | undefined;
  /** Gives the command all privileges, like `--privileged`. False by default. */
  readonly privileged?: boolean | undefined;
}

/** Result of `exec`. */
export interface ExecResult extends OutputText {
  /** The command's exit code; also 126 or 127 if it could not be run or found. */
  readonly exitCode: number;
}

const RULES: Rules<ExecOptions> = {
  ...PROCESS_RULES,
  ...SINK_RULES,
  ...LIMIT_RULES,
  stdin: rule.checkedLater,
  privileged: rule.boolean,
};

/** How long an Engine may take to report the exit code of a finished command. */
const EXIT_CODE_PATIENCE_MS = 10_000;

/** Runs a command in a running container; see `docker.exec`. */
export async function exec(
  docker: EngineClient,
  container: string,
  cmd: readonly string[],
  settings?: ExecOptions,
): Promise<ExecResult> {
  return owningInput(settings, async () => {
    const equivalents = { ...PROCESS_EQUIVALENTS, Privileged: "privileged" };
    const options = checkOptions(settings, RULES, { where: "exec", equivalents });
    return execute(docker, container, commandOf(cmd, "exec"), options);
  });
}

async function execute(
  docker: EngineClient,
  container: string,
  cmd: string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const { env, privileged = false, stdin, tty = false, user, workingDir } = options;
  if (cmd.length === 0)
    throw new ArgumentError("exec: the command is empty; pass a program and its arguments");
  const body = {
    Cmd: cmd,
    Env: environment(env, "exec"),
    Tty: tty,
    Privileged: privileged,
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    User: user,
    WorkingDir: workingDir,
  };
  const input = stdin === undefined ? undefined : standardInput(stdin, tty, "exec");
  try {
    return await withLimits("exec", options, async (signal) => {
      const id = idOf(await docker.containerExec(container, body, { signal }), "ContainerExec");
      const start = { Detach: false, Tty: tty };
      const attached = await docker.execStart(id, { body: start }, { signal });
      input?.feed(attached);
      attached.endAfter(() => exitCodeOf(docker, id, signal));
      // The caller's stream may never accept the output.
      const output = await unlessAborted(readOutput(attached, options, "exec"), signal);
      return { exitCode: await exitCodeOf(docker, id, signal), ...output };
    });
  } finally {
    input?.close();
  }
}

/**
 * The exit code, which an Engine may not know yet when the output ends. Waits for a command that closed its output and keeps
 * running, but not long for one that has finished without an exit code.
 */
async function exitCodeOf(docker: EngineClient, id: string, signal: AbortSignal): Promise<number> {
  let ended = Number.NaN;
  for (let delay = 5; ; delay = Math.min(delay * 2, 1000)) {
    const { ExitCode: exitCode, Running: running } = await docker.execInspect(id, { signal });
    if (!running && typeof exitCode === "number") return exitCode;
    if (!running) ended = Number.isNaN(ended) ? Date.now() : ended;
    if (Date.now() - ended > EXIT_CODE_PATIENCE_MS) {
      throw new StreamError(
        `exec: the command's output has ended, but the Engine does not report its exit code (exec ${id})`,
      );
    }
    await sleep(delay, undefined, { signal });
  }
}
