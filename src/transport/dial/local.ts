import { connect, type Socket } from "node:net";
import type { Lifetime } from "../lifetime.js";

/**
 * Temporary failures: all instances of a pipe are taken until the Engine creates another (EBUSY), or the backlog of a
 * socket is full (EAGAIN).
 */
const BUSY = new Set(["EBUSY", "EAGAIN"]);
const PAUSE_MS = 50;

/** Opens a socket or a Windows pipe. Retries while it is busy, until the call ends. */
export async function dialLocal(
  path: string,
  lifetime: Lifetime,
  open: typeof connect = connect,
): Promise<Socket> {
  for (;;) {
    const attempt = await tryOnce(open({ path }), lifetime);
    if (attempt) return attempt;
    await pause(lifetime);
  }
}

/** The connection, or undefined if it is busy. */
function tryOnce(socket: Socket, lifetime: Lifetime): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    lifetime.onEnd((reason) => {
      reject(reason);
      if (socket.connecting) socket.destroy();
    });
    const failed = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      if (!error.code || !BUSY.has(error.code) || lifetime.reason) reject(error);
      else {
        lifetime.hindered(error.code);
        resolve(undefined);
      }
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      resolve(socket);
    });
  });
}

function pause(lifetime: Lifetime): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    lifetime.onEnd((reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
