import { type Duplex, Writable } from "node:stream";
import { StreamError } from "../errors.js";
import { type LogFormat, LogStream } from "./log-stream.js";

/**
 * A container's or exec's standard streams: the output as a {@link LogStream}, and `stdin`. Consume the output also
 * when only writing: an Engine that cannot write stops reading.
 *
 * @example
 * const attached = await docker.containerAttach("box", { stream: true, stdin: true, stdout: true });
 * attached.stdin.end("echo hello\n");
 * console.log((await attached.text()).stdout);
 */
export class AttachStream extends LogStream {
  /**
   * The standard input. Ending it half-closes the connection: the process sees the end of its input and its output
   * still arrives (of a container only if it was created with StdinOnce and without a terminal).
   */
  readonly stdin: Writable;
  /** The connection itself, for protocols of one's own such as the one of `session`. */
  readonly duplex: Duplex;

  constructor(duplex: Duplex, operation: string, format: LogFormat) {
    super(duplex, operation, format);
    this.duplex = duplex;
    // It was paused as the upgrade ended, which would stay so for whoever listens to its data; now it begins with that.
    (duplex as { readableFlowing: boolean | null }).readableFlowing = null;
    this.stdin = new Writable({
      write: (chunk, _, done) => void duplex.write(chunk, (error) => done(error ?? this.#unwritten())),
      final: (done) => void duplex.end(done),
    });
    // A process that ends without reading all its input is no fault of the writer's: unheard, the error would end this
    // process. Whoever pipes into stdin still learns of it.
    this.stdin.on("error", () => undefined);
    duplex.on("error", () => undefined);
    duplex.once("close", () => this.stdin.destroy());
  }

  /** A socket that is destroyed reports what it had still to write as written. */
  #unwritten(): StreamError | null {
    if (!this.duplex.destroyed) return null;
    return new StreamError(`${this.operation}: the connection was closed before it took all input`, {
      cause: this.duplex.errored,
    });
  }
}
