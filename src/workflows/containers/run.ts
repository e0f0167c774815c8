import { checkOptions, type Rules, reading, rule } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";
import type { Logins } from "../../logins/index.js";
import { can } from "../../members.js";
import type { Equivalents } from "../../unknown-option.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, unlessAborted, withLimits } from "../limits.js";
import { startContainer } from "./container-start.js";
import {
  CONTAINER_EQUIVALENTS,
  CONTAINER_RULES,
  type ContainerSettings,
  newContainer,
  removeAfter,
} from "./new-container.js";
import { type OutputSinks, type OutputText, readOutput, SINK_RULES } from "./output.js";
import { type Input, owningInput, standardInput } from "./stdin.js";

/** Options of `docker.run`. */
export interface RunOptions extends ContainerSettings, OutputSinks, Limits {
  /**
   * Input of the command; none by default. A stream is read at the command's pace, and destroyed if the command exits
   * first. With a terminal, Ctrl-D is sent at the end.
   */
  readonly stdin?: Input | undefined;
}

/** Result of `run`. */
export interface RunResult extends OutputText {
  /** The container's ID; with `remove`, the container no longer exists. */
  readonly id: string;
  /** The exit code of its program; 128 plus the signal's number if a signal ended it. */
  readonly exitCode: number;
}

const RULES: Rules<RunOptions> = {
  ...CONTAINER_RULES,
  ...SINK_RULES,
  ...LIMIT_RULES,
  stdin: rule.checkedLater,
};

/** Runs a command in a new container; see `docker.run`. */
export async function run(
  docker: EngineClient,
  logins: Logins,
  image: string,
  cmd: readonly string[] = [],
  settings?: RunOptions,
): Promise<RunResult> {
  return owningInput(settings, async () => {
    reading("run", () => refuseStreams(settings));
    const options = checkOptions(settings, RULES, { where: "run", equivalents: EQUIVALENTS });
    return runImage(docker, logins, image, cmd, options);
  });
}

const advice = "use launch with attach: false";
const EQUIVALENTS: Equivalents = { ...CONTAINER_EQUIVALENTS, detach: { advice }, Detach: { advice } };

/** dockerode takes a stream for the output, or one each for standard output and error, in place of options. */
function refuseStreams(settings: unknown): void {
  const [first] = Array.isArray(settings) ? settings : [settings];
  if (can(first, "write") && can(first, "pipe"))
    throw new ArgumentError(
      "run: the options must be an object, not a stream; write { stdout, stderr } with a stream each",
    );
}

async function runImage(
  docker: EngineClient,
  logins: Logins,
  image: string,
  cmd: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { remove = false, stdin } = options;
  const use = { workflow: "run", hasInput: stdin !== undefined, attach: true } as const;
  const { container, create, tty } = newContainer(docker, logins, image, cmd, options, use);
  const input = stdin === undefined ? undefined : standardInput(stdin, tty, "run");
  try {
    const result = await withLimits("run", options, async (signal) => {
      const id = await create(signal);
      const { attached, exitCode } = await startContainer(docker, id, use, signal);
      input?.feed(attached);
      // The caller's stream may never accept the output.
      const ended = unlessAborted(readOutput(attached, options, "run"), signal);
      const [output, code] = await Promise.all([ended, exitCode(ended)]);
      return { id, exitCode: code, ...output };
    });
    if (remove) await container.remove();
    return result;
  } catch (error) {
    await removeAfter(error as Error, container);
    throw error;
  } finally {
    input?.close();
  }
}
