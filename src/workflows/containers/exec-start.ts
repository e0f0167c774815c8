import { setTimeout as sleep } from "node:timers/promises";
import { ArgumentError, StreamError } from "../../errors.js";
import type { AttachStream } from "../../streams/index.js";
import { type EngineClient, idOf } from "../engine-client.js";
import { inspectedExec } from "../inspections.js";
import { environment, type ProcessSettings } from "./process-options.js";

/** How long an Engine may take to report the exit code of a finished command. */
const EXIT_CODE_PATIENCE_MS = 10_000;

/** A command to start in a container. */
export interface ExecPlan extends ProcessSettings {
  /** Named in errors. */
  readonly workflow: string;
  readonly container: string;
  readonly cmd: string[];
  readonly privileged?: boolean | undefined;
  readonly hasInput: boolean;
  /** Rows and columns. */
  readonly consoleSize?: [number, number] | undefined;
}

/** An exec that has started. */
export interface StartedExec {
  readonly id: string;
  readonly attached: AttachStream;
  /** Resolves once the Engine knows the exit code. */
  readonly exitCode: () => Promise<number>;
}

/** The Engine's form of a plan. @throws {ArgumentError} the plan cannot be carried out */
export function execBody({ cmd, env, hasInput, privileged = false, tty = false, ...plan }: ExecPlan) {
  if (cmd.length === 0) {
    throw new ArgumentError(`${plan.workflow}: the command is empty; pass a program and its arguments`);
  }
  return {
    Cmd: cmd,
    Env: environment(env, plan.workflow),
    Tty: tty,
    Privileged: privileged,
    AttachStdin: hasInput,
    AttachStdout: true,
    AttachStderr: true,
    User: plan.user,
    WorkingDir: plan.workingDir,
    ...(plan.consoleSize && { ConsoleSize: plan.consoleSize }),
  };
}

/** Starts a command in a running container. `created` learns the ID before it starts. */
export async function startExec(
  docker: EngineClient,
  { container, workflow }: Pick<ExecPlan, "container" | "workflow">,
  body: ReturnType<typeof execBody>,
  signal: AbortSignal,
  created: (id: string) => void = () => undefined,
): Promise<StartedExec> {
  const id = idOf(await docker.containerExec(container, body, { signal }), "ContainerExec");
  created(id);
  const start = { Detach: false, Tty: body.Tty };
  const attached = await docker.execStart(id, { body: start }, { signal });
  const exitCode = (): Promise<number> => exitCodeOf(docker, id, workflow, signal);
  attached.endAfter(exitCode);
  return { id, attached, exitCode };
}

/**
 * The exit code, which an Engine may not know yet when the output ends. Waits for a command that closed its output and keeps
 * running, but not long for one that has finished without an exit code.
 */
async function exitCodeOf(
  docker: EngineClient,
  id: string,
  workflow: string,
  signal: AbortSignal,
): Promise<number> {
  let ended = Number.NaN;
  for (let delay = 5; ; delay = Math.min(delay * 2, 1000)) {
    const { ExitCode: exitCode, Running: running } = inspectedExec(await docker.execInspect(id, { signal }));
    if (!running && typeof exitCode === "number") return exitCode;
    if (!running) ended = Number.isNaN(ended) ? performance.now() : ended;
    if (performance.now() - ended > EXIT_CODE_PATIENCE_MS) {
      throw new StreamError(
        `${workflow}: the command's output has ended, but the Engine does not report its exit code (exec ${id})`,
      );
    }
    await sleep(delay, undefined, { signal });
  }
}
