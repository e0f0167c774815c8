import { connect, type NetConnectOpts, type Socket } from "node:net";
import { Readable } from "node:stream";

/**
 * More than the system buffers for a local socket. libuv keeps reading a socket that fills the buffer, and would keep the
 * others waiting.
 */
const READ_BYTES = 256 * 1024;
/** A socket is busy while each read returns at least this much, which is the most Node reads at once. */
const BUSY_BYTES = 64 * 1024;
/** With more busy sockets, a large buffer for each would cost memory and gain nothing. */
const MOST_BUSY = 16;
/** The buffer that all other sockets read into; what arrives is copied out of it. */
let shared: Buffer | undefined;
/** How many sockets are busy. */
let busy = 0;

/** Opens a socket that reads more at once than Node does. While few sockets are busy, what they read is not copied. */
export function openSocket(options: NetConnectOpts): Socket {
  // Windows takes the buffer before anything arrives, so it cannot be shared.
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
      // A small piece would keep the whole buffer in memory.
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
 * Makes a socket that reads into a buffer of ours flow like any stream. Node's own methods start and stop reading at once:
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
