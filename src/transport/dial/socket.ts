import { connect, type NetConnectOpts, type Socket } from "node:net";
import { Readable } from "node:stream";

/**
 * More than the system keeps for a local socket that nobody reads: each gets its turn, since libuv reads on from one whose
 * buffer was filled.
 */
const READ_BYTES = 256 * 1024;
/** A socket is busy while each read finds as much. Node reads no more at once. */
const BUSY_BYTES = 64 * 1024;
/** With more, large reads would cost much memory and gain nothing. */
const MOST_BUSY = 16;
/** What sockets read into. What has arrived is then copied. */
let shared: Buffer | undefined;
/** How many sockets are busy. */
let busy = 0;

/** Opens a socket that reads more at once than Node does: it is faster, and while few are busy, what is read is not copied. */
export function openSocket(options: NetConnectOpts): Socket {
  // Windows takes the buffer before anything arrives, so that it cannot be shared.
  if (process.platform === "win32" || options.onread) return connect(options);
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES);
  let next = shared;
  let isBusy = false;
  const setBusy = (value: boolean): void => {
    if (value !== isBusy) busy += value ? 1 : -1;
    isBusy = value;
  };
  const onread = {
    buffer: () => next,
    callback(length: number, bytes: Uint8Array): boolean {
      const read = bytes as Buffer;
      // A small part would keep the whole in memory for little.
      const isGiven = read !== shared && length > READ_BYTES / 2;
      setBusy(length >= BUSY_BYTES);
      if (!isBusy || busy > MOST_BUSY) next = shared as Buffer;
      else if (isGiven || next === shared) next = Buffer.allocUnsafeSlow(READ_BYTES);
      if (isGiven) return socket.push(read.subarray(0, length));
      let wantsMore = true;
      for (let at = 0; at < length; at += BUSY_BYTES)
        wantsMore = socket.push(copyOf(read, at, Math.min(length, at + BUSY_BYTES)));
      return wantsMore;
    },
  };
  const socket: Socket = connect({ ...options, onread });
  socket.once("close", () => setBusy(false));
  return flowAsStream(socket);
}

/**
 * Has a socket that reads into a buffer of ours flow as any stream does. Node's own methods start and stop reading at once:
 * resumed often, it would read without limit, and paused, it would not show that its connection was closed.
 */
export function flowAsStream(socket: Socket): Socket {
  const { pause, resume, read } = Readable.prototype;
  return Object.assign(socket, { pause, resume, read });
}

function copyOf(bytes: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}
