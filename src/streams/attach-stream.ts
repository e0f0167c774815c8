import { type Duplex, Writable } from "node:stream";
import { StreamError } from "../errors.js";
import { type LogFormat, LogStream } from "./log-stream.js";

/** A connection, such as a Windows pipe, that may not show when the other side has ended it. */
export interface HidingEnd {
  /** Ends it once nothing has arrived for a while. Call it when nothing more can follow. */
  endWhenQuiet(): void;
}

/**
 * Standard streams of a container or exec: the output as a {@link LogStream}, and `stdin`. Consume the output even when
 * you only write: an Engine that cannot write stops reading.
 *
 * @example
 * const attached = await docker.containerAttach("box", { stream: true, stdin: true, stdout: true });
 * attached.stdin.end("echo hello\n");
 * console.log((await attached.text()).stdout);
 */
export class AttachStream extends LogStream {
  /**
   * The standard input. Ending it half-closes the connection: the process sees the end of its input, and its output
   * still arrives (from a container, only if it was created with StdinOnce and without a terminal).
   */
  readonly stdin: Writable;
  /** The connection itself, for custom protocols such as `session`'s. */
  readonly duplex: Duplex;

  constructor(duplex: Duplex, operation: string, format: LogFormat) {
    super(duplex, operation, format);
    this.duplex = duplex;
    // The upgrade left it paused, and a data listener would not resume it; with null, one starts the flow.
    (duplex as { readableFlowing: boolean | null }).readableFlowing = null;
    this.stdin = new Writable({
      write: (chunk, _, done) => void duplex.write(chunk, (error) => done(error ?? this.#unwritten())),
      final: (done) => void duplex.end(done),
    });
    // A process may exit without reading all its input. Unhandled, the error would end this process; code that pipes
    // into stdin still sees it.
    this.stdin.on("error", () => undefined);
    duplex.on("error", () => undefined);
    duplex.once("close", () => this.stdin.destroy());
  }

  /**
   * For a connection that may hide its end: ends the output once the process has ended, and closes it with the error if
   * that cannot be determined. For any other connection, `exit` is not called.
   *
   * @internal
   */
  endAfter(exit: () => Promise<unknown>): void {
    const { duplex } = this;
    if (!("endWhenQuiet" in duplex)) return;
    exit().then(
      () => (duplex as Duplex & HidingEnd).endWhenQuiet(),
      (error: Error) => duplex.destroy(error),
    );
  }

  /** A destroyed socket reports pending writes as done. */
  #unwritten(): StreamError | null {
    if (!this.duplex.destroyed) return null;
    return new StreamError(`${this.operation}: the connection was closed before it took all input`, {
      cause: this.duplex.errored,
    });
  }
}
