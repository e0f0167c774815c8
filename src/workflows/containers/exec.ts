import { checkOptions, type Rules, rule } from "../../arguments.js";
import type { Equivalents } from "../../unknown-option.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, unlessAborted, withLimits } from "../limits.js";
import { execBody, startExec } from "./exec-start.js";
import { type OutputSinks, type OutputText, readOutput, SINK_RULES } from "./output.js";
import { commandOf, PROCESS_EQUIVALENTS, PROCESS_RULES, type ProcessSettings } from "./process-options.js";
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

const advice = "use containerExec, and execStart with { body: { Detach: true } }";
const DETACHED: Equivalents = { detach: { advice }, Detach: { advice } };

/** Runs a command in a running container; see `docker.exec`. */
export async function exec(
  docker: EngineClient,
  container: string,
  cmd: readonly string[],
  settings?: ExecOptions,
): Promise<ExecResult> {
  return owningInput(settings, async () => {
    const equivalents = { ...PROCESS_EQUIVALENTS, ...DETACHED, Privileged: "privileged" };
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
  const { stdin, tty = false } = options;
  const plan = { ...options, workflow: "exec", container, cmd, hasInput: stdin !== undefined };
  const body = execBody(plan);
  const input = stdin === undefined ? undefined : standardInput(stdin, tty, "exec");
  try {
    return await withLimits("exec", options, async (signal) => {
      const { attached, exitCode } = await startExec(docker, plan, body, signal);
      input?.feed(attached);
      // The caller's stream may never accept the output.
      const output = await unlessAborted(readOutput(attached, options, "exec"), signal);
      return { exitCode: await exitCode(), ...output };
    });
  } finally {
    input?.close();
  }
}
