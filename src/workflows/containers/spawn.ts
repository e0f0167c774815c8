import { settledWithin, sleep } from "../../abort.js";
import { checkOptions, type Rules, rule } from "../../arguments.js";
import type { Call } from "../../operation/index.js";
import type { ReadAhead } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedExec } from "../inspections.js";
import { LIMIT_RULES, type Limits } from "../limits.js";
import { killExec, MARKER, type MarkedExec } from "./exec-kill.js";
import { execBody, type StartedExec, startExec } from "./exec-start.js";
import type { ExecProcess, TerminalSize } from "./process.js";
import { consoleSizeOf, PIPED } from "./process-arguments.js";
import { ProcessHandle, type ProcessParts, sized } from "./process-handle.js";
import { live, type Started } from "./process-life.js";
import {
  commandOf,
  HANDLE_EQUIVALENTS,
  PROCESS_EQUIVALENTS,
  PROCESS_RULES,
  type ProcessSettings,
} from "./process-options.js";

/** Options of `docker.spawn`. The limits end the process, not only the wait for it. */
export interface SpawnOptions extends ProcessSettings, Limits {
  /** Whether the process has a standard input to write to; without one it reads an end at once. True by default. */
  readonly stdin?: boolean | undefined;
  /** Gives the command all privileges, like `--privileged`. False by default. */
  readonly privileged?: boolean | undefined;
  /** The size that the terminal begins with; the Engine's by default. Needs `tty`. */
  readonly size?: TerminalSize | undefined;
}

const RULES: Rules<SpawnOptions> = {
  ...PROCESS_RULES,
  ...LIMIT_RULES,
  stdin: PIPED,
  privileged: rule.boolean,
  size: rule.object,
};

/** How often, at most, to ask for the exit of a process whose output nobody reads. */
const UNREAD_MS = 1000;
/** How long a killed process may take to be gone. */
const GOING_MS = 10_000;

/** Starts a command in a running container; see `docker.spawn`. */
export async function spawnProcess(
  docker: EngineClient,
  container: string,
  cmd: readonly string[],
  settings?: SpawnOptions,
): Promise<ExecProcess> {
  const equivalents = { ...PROCESS_EQUIVALENTS, ...HANDLE_EQUIVALENTS, Privileged: "privileged" };
  const options = checkOptions(settings, RULES, { where: "spawn", equivalents });
  const { privileged, stdin: hasInput = true, tty = false, user } = options;
  const workflow = "spawn";
  const marker = process.getBuiltinModule("node:crypto").randomUUID();
  const body = execBody({
    ...options,
    workflow,
    container,
    cmd: commandOf(cmd, workflow),
    hasInput,
    consoleSize: consoleSizeOf(options.size, tty, workflow),
  });
  body.Env.push(`${MARKER}=${marker}`);
  let spawned: MarkedExec | undefined;
  const start = async (signal: AbortSignal): Promise<Started<ExecProcess>> => {
    const started = await startExec(docker, { container, workflow }, body, signal, (id) => {
      spawned = { id, container, marker, user, privileged };
    });
    const { attached } = started;
    return {
      attached,
      handle: (output, exitCode) =>
        new SpawnedProcess(docker, spawned as MarkedExec, {
          workflow,
          attached,
          output,
          exitCode,
          hasInput,
          tty,
        }),
      exit: (output) => exitOf(docker, started, output as ReadAhead, signal),
    };
  };
  const spawnedProcess = await live(workflow, options, start, async (_, isLimit) => {
    // Best effort: the error says why the process was ended, not whether that succeeded.
    if (spawned && isLimit) await killExec(docker, spawned, "KILL").catch(() => undefined);
  });
  return sized(spawnedProcess, options.size);
}

/** The exit code. Engines do not report it by themselves, so it is requested when the output ends. */
async function exitOf(
  docker: EngineClient,
  { exitCode, id }: StartedExec,
  output: ReadAhead,
  signal: AbortSignal,
): Promise<number> {
  for (let delay = 25; ; delay = Math.min(delay * 2, UNREAD_MS)) {
    const isOver = await Promise.race([output.over.then(() => true), output.held().then(() => false)]);
    if (isOver) return exitCode();
    // Nobody reads the output, so its end may never be seen.
    const { ExitCode, Running } = inspectedExec(await docker.execInspect(id, { signal }));
    if (!Running && typeof ExitCode === "number") return ExitCode;
    await sleep(delay, signal);
  }
}

class SpawnedProcess extends ProcessHandle implements ExecProcess {
  readonly id: string;
  readonly #docker: EngineClient;
  readonly #spawned: MarkedExec;
  readonly #close: () => void;

  constructor(docker: EngineClient, spawned: MarkedExec, parts: ProcessParts) {
    super(parts);
    this.id = spawned.id;
    this.#docker = docker;
    this.#spawned = spawned;
    this.#close = () => void parts.attached?.duplex.destroy();
  }

  protected askResize(sides: { readonly h: number; readonly w: number }): Call<void> {
    return this.#docker.execResize(this.id, sides);
  }

  protected askKill(signal: string): Promise<void> {
    return killExec(this.#docker, this.#spawned, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.kill();
      await settledWithin(this.exitCode, GOING_MS);
    } finally {
      this.#close();
    }
  }
}
