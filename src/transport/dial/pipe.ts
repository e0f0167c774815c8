import type { Socket } from "node:net";
import type { HidingEnd } from "../../streams/index.js";
import { type Lifetime, onIdle } from "../lifetime.js";
import { BUSY, dialLocal } from "./local.js";
import { flowAsStream } from "./socket.js";

/** A pipe that is closed and reopened has no name in between. */
const RECYCLED_MS = 1000;
/**
 * More than a pipe holds: after a read that fills the buffer, libuv reads once more, in vain or, before 1.52, into the next
 * read, and either shows as an empty read.
 */
const READ_BYTES = 256 * 1024;
/** How long a pipe must be silent, after its process has ended, for its output to count as ended. */
const QUIET_MS = 1000;
const EMPTY = Buffer.alloc(0);

/** The part of a socket's handle that shows each read, even an empty one. Node's types lack it. */
interface Handle {
  readonly bytesRead: number;
  onread?: (this: Handle, piece: unknown) => unknown;
}

const handleOf = (socket: Socket): Handle | null => (socket as unknown as { _handle: Handle | null })._handle;

/** Opens a Windows pipe. While it is busy or being recycled it connects again, like {@link dialLocal}. */
export function dialPipe(path: string, lifetime: Lifetime): Socket {
  const recycled = Date.now() + RECYCLED_MS;
  const isTemporary = (code: string): boolean =>
    BUSY.has(code) || (code === "ENOENT" && Date.now() < recycled);
  // Only into a buffer of ours does Node report empty reads.
  const onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (length: number, bytes: Uint8Array): boolean =>
      socket.push(Buffer.from(bytes.subarray(0, length))),
  };
  const socket: Socket = dialLocal({ path, onread }, lifetime, isTemporary);
  flowAsStream(socket).once("connect", () => endAtEmptyRead(socket));
  return asPipe(socket);
}

/** Whether a caller's stream is a Windows pipe. */
export function isPipe(stream: object): stream is Socket {
  return process.platform === "win32" && handleOf(stream as Socket)?.constructor.name === "Pipe";
}

/**
 * Half-closes a pipe like the Engine: by an empty message, and by no other. Node instead closes a pipe 50 ms after the
 * last output, which loses anything that follows. The Engine's own half-close may not show: see {@link HidingEnd}.
 */
export function asPipe<T extends Socket>(pipe: T): T & HidingEnd {
  const { _write, _writev } = pipe;
  pipe._write = (chunk, encoding, done) => {
    if (chunk.length > 0) _write.call(pipe, chunk, encoding, done);
    else done();
  };
  // Written together, they are one message.
  pipe._writev = (chunks, done) => {
    if (chunks.some(({ chunk }) => chunk.length > 0)) _writev?.call(pipe, chunks, done);
    else done();
  };
  pipe._final = (done) => {
    // Called once everything else is written. If the pipe is gone, its reader learns of it.
    const gone = (error?: NodeJS.ErrnoException | null): boolean => error?.code === "EPIPE";
    _write.call(pipe, EMPTY, "buffer" as BufferEncoding, (error) => done(gone(error) ? null : error));
  };
  const endWhenQuiet = (): void => {
    if (pipe.destroyed) return;
    pipe.once(
      "close",
      onIdle(pipe, QUIET_MS, () => pipe.push(null)),
    );
  };
  return Object.assign(pipe, { endWhenQuiet });
}

/** Ends a pipe where the Engine's empty message shows as an empty read: Node 22.12 and later. */
function endAtEmptyRead(pipe: Socket): void {
  const handle = handleOf(pipe);
  const { onread } = handle ?? {};
  if (!handle || typeof onread !== "function") return;
  let total = handle.bytesRead;
  let last = 0;
  handle.onread = function (this: Handle, piece) {
    const answer = onread.call(this, piece);
    const length = this.bytesRead - total;
    // If a read fills the buffer nevertheless, an empty one after it means nothing.
    if (length === 0 && last < READ_BYTES && !pipe.destroyed) pipe.push(null);
    total = this.bytesRead;
    last = length;
    return answer;
  };
}
