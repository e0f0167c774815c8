import { connect, type Socket } from "node:net";
import type { Watch } from "../lifetime.js";

/** All instances of a pipe are taken for a moment, as long as the Engine has not made the next one. */
const BUSY = "EBUSY";
const PAUSE_MS = 50;

/** Opens a Windows pipe, and tries again while it is busy, until the call is ended. */
export async function dialPipe(path: string, watch: Watch, open: typeof connect = connect): Promise<Socket> {
  for (;;) {
    const attempt = await tryOnce(open({ path }), watch);
    if (attempt) return attempt;
    await pause(watch);
  }
}

/** The pipe, or undefined if it is busy. */
function tryOnce(socket: Socket, watch: Watch): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    watch.onEnd((reason) => {
      reject(reason);
      if (socket.connecting) socket.destroy();
    });
    const failed = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      if (error.code === BUSY && !watch.reason) resolve(undefined);
      else reject(error);
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      resolve(socket);
    });
  });
}

function pause(watch: Watch): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    watch.onEnd((reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
