import type { ContainerWaitResponse } from "#generated/schema.js";
import { sleep } from "../../abort.js";
import { isEngineError, StreamError } from "../../errors.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedContainer } from "../inspections.js";

/** How long a wait may stay silent after the output has ended before the container is inspected. */
const FIRST_PATIENCE_MS = 250;
/** Longest pause between inspections after that: by now the wait has begun, and will tell. */
const LONGEST_PATIENCE_MS = 60_000;
/** How long the wait for a container that is gone may take to tell its exit code. */
const GONE_PATIENCE_MS = 5000;

/** Sources that tell that a container has exited. */
interface Exit {
  /** The Engine's wait. */
  readonly exit: PromiseLike<ContainerWaitResponse>;
  /** Resolves when the output has ended, or when its end may go unseen. */
  readonly ended: Promise<unknown>;
  /** Named in errors. */
  readonly workflow: string;
}

/**
 * The exit code of a container that was started after the wait for it began. Podman before 2026 says that it watches
 * before it does, and never reports a container that exits in between. So if the output has ended and the wait says
 * nothing, inspections decide; a container may also have closed its output and run on.
 */
export async function exitCodeOf(
  docker: EngineClient,
  id: string,
  { exit, ended, workflow }: Exit,
  signal: AbortSignal,
): Promise<number> {
  const silence = (ms: number): Promise<undefined> => sleep(ms, signal).then(() => undefined);
  let answer: ContainerWaitResponse | null | undefined = await Promise.race([
    exit,
    ended.then(() => undefined),
  ]);
  for (let patience = FIRST_PATIENCE_MS; ; patience = Math.min(patience * 2, LONGEST_PATIENCE_MS)) {
    if (answer === undefined) answer = await Promise.race([exit, silence(patience)]);
    if (answer !== undefined) return exitCodeIn(answer, workflow);
    const inspected = await docker.containerInspect(id, undefined, { signal }).result();
    if (inspected.ok) {
      const { State } = inspectedContainer(inspected.data, "State.Status");
      if (State.Status === "exited" || State.Status === "dead")
        return inspectedContainer(inspected.data, "State.ExitCode").State.ExitCode;
    } else {
      if (!isEngineError(inspected.error, 404)) throw inspected.error;
      // The wait may just be telling it.
      answer = await Promise.race([exit, silence(GONE_PATIENCE_MS)]);
      if (answer === undefined)
        throw new StreamError(
          `${workflow}: the container ${id} was removed before the Engine told its exit code`,
        );
    }
  }
}

function exitCodeIn(answer: ContainerWaitResponse | null, workflow: string): number {
  const { Error: failure, StatusCode: exitCode } = Object(answer) as ContainerWaitResponse;
  if (failure?.Message)
    throw new StreamError(`${workflow}: the Engine failed to wait for the exit: ${failure.Message}`);
  if (!Number.isInteger(exitCode))
    throw new StreamError(`${workflow}: the Engine's wait has ended without an exit code`);
  return exitCode;
}
