import type { AttachStream } from "../../streams/index.js";
import type { EngineClient } from "../engine-client.js";
import { UNLIMITED } from "../limits.js";
import { exitCodeOf } from "./exit-code.js";

/** A container that has started. */
export interface StartedContainer {
  /** Its standard streams; undefined if they are not wanted. */
  readonly attached: AttachStream | undefined;
  /** Waits for its exit. `ended` resolves when its output has ended, or when that may have gone unnoticed. */
  readonly exitCode: (ended: Promise<unknown>) => Promise<number>;
}

interface Wanted {
  /** Whether to receive its output. */
  readonly attach: boolean;
  readonly hasInput: boolean;
  /** Named in errors. */
  readonly workflow: string;
}

/** Starts a container, and follows its exit and output from the beginning. */
export async function startContainer(
  docker: EngineClient,
  id: string,
  wanted: Wanted & { readonly attach: true },
  signal: AbortSignal,
): Promise<StartedContainer & { readonly attached: AttachStream }>;
export async function startContainer(
  docker: EngineClient,
  id: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<StartedContainer>;
export async function startContainer(
  docker: EngineClient,
  id: string,
  { attach, hasInput, workflow }: Wanted,
  signal: AbortSignal,
): Promise<StartedContainer> {
  // Both are in place before the start, right after which the container and its output may be gone.
  const exit = docker.containerWait(id, { condition: "next-exit" }, { signal, timeout: UNLIMITED });
  await exit.begun();
  const streams = { stream: true, stdin: hasInput, stdout: true, stderr: true };
  const attached = attach ? await docker.containerAttach(id, streams, { signal }) : undefined;
  await docker.containerStart(id, undefined, { signal });
  const exitCode = (ended: Promise<unknown>): Promise<number> =>
    exitCodeOf(docker, id, { exit, ended, workflow }, signal);
  attached?.endAfter(() => exitCode(Promise.resolve()));
  return { attached, exitCode };
}
