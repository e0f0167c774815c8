import { onAbort } from "../../abort.js";
import { type AttachStream, type LogStream, ReadAhead } from "../../streams/index.js";
import { type Limits, withLimits } from "../limits.js";

/** A process that has been started. */
export interface Started<H> {
  /** Its standard streams; undefined if they are not wanted. */
  readonly attached: AttachStream | undefined;
  /** Makes its handle. */
  readonly handle: (output: LogStream | undefined, exitCode: Promise<number>) => H;
  /** Finds out its exit code, and cleans up after it. `output` tells what becomes of the output. */
  readonly exit: (output: ReadAhead | undefined) => Promise<number>;
}

/**
 * Starts a process and returns its handle. Its limits hold until it has exited and its output has ended. A failure before
 * that fails everything with one error: the start, or else the streams and the exit code.
 *
 * @param failed cleans up after a failure, and learns whether that is the end of the limits
 */
export function live<H>(
  workflow: string,
  limits: Limits,
  start: (signal: AbortSignal) => Promise<Started<H>>,
  failed: (failure: Error, isLimit: boolean) => Promise<void>,
): Promise<H> {
  return new Promise((handOver, refuse) => {
    let exited: (exitCode: number) => void = () => undefined;
    let lost: (failure: Error) => void = () => undefined;
    const exitCode = new Promise<number>((resolve, reject) => {
      exited = resolve;
      lost = reject;
    });
    // Nobody has to ask for it.
    exitCode.catch(() => undefined);

    withLimits(workflow, limits, async (signal) => {
      let attached: AttachStream | undefined;
      // Before the calls listen: the streams must end with the exit code's error, not with a call's.
      onAbort(signal, () => attached?.duplex.destroy(signal.reason));
      let output: ReadAhead | undefined;
      try {
        const started = await start(signal);
        attached = started.attached;
        output = attached && new ReadAhead(attached.duplex, workflow);
        handOver(started.handle(output && attached?.readFrom(output, workflow), exitCode));
        exited(await started.exit(output));
      } catch (error) {
        const failure = signal.aborted ? signal.reason : error;
        attached?.duplex.destroy(failure);
        await failed(failure, signal.aborted);
        throw failure;
      }
      output?.takeRest();
      await output?.over;
    }).catch((failure: Error) => {
      refuse(failure);
      lost(failure);
    });
  });
}
