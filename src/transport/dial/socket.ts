import { connect, type NetConnectOpts, type Socket } from "node:net";
import { Readable } from "node:stream";

/** As much as Node reads at once. */
const SMALL_READ = 64 * 1024;
/** More than the system keeps for a local socket that nobody reads. */
const LARGE_READ = 256 * 1024;
/** With more, large reads would cost much memory and gain nothing. */
const MOST_BUSY = 16;
/** What small reads of all sockets go into. What has arrived is then copied. */
let small: Buffer | undefined;
/** How many sockets filled a small buffer the last time they were read. */
let busy = 0;

/** Opens a socket. While few are busy, it reads more at once than Node does, which makes long streams faster. */
export function openSocket(options: NetConnectOpts): Socket {
  // Windows takes the buffer before anything arrives, so that it cannot be shared.
  if (process.platform === "win32" || options.onread) return connect(options);
  small ??= Buffer.allocUnsafeSlow(SMALL_READ);
  let next = small;
  let isBusy = false;
  const setBusy = (value: boolean): void => {
    if (value !== isBusy) busy += value ? 1 : -1;
    isBusy = value;
  };
  const onread = {
    buffer: () => next,
    callback(length: number, bytes: Uint8Array): boolean {
      const read = bytes as Buffer;
      // A smaller part would keep the whole in memory for little.
      const isGiven = length > LARGE_READ / 2;
      setBusy(length >= SMALL_READ);
      if (!isBusy || busy > MOST_BUSY) next = small as Buffer;
      else if (isGiven || next === small) next = Buffer.allocUnsafeSlow(LARGE_READ);
      return socket.push(isGiven ? read.subarray(0, length) : copyOf(read, length));
    },
  };
  const socket: Socket = connect({ ...options, onread });
  socket.once("close", () => setBusy(false));
  // With a buffer of ours, Node's would stop reading at once: that the Engine has closed a connection would not show.
  socket.pause = Readable.prototype.pause as typeof socket.pause;
  return socket;
}

function copyOf(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  bytes.copy(copy, 0, 0, length);
  return copy;
}
