import type { IpcSocketConnectOpts, Socket, SocketConstructorOpts } from "node:net";
import type { Lifetime } from "../lifetime.js";
import { openSocket } from "./socket.js";

/**
 * Temporary failures: all instances of a pipe are taken until the Engine creates another (EBUSY), or the backlog of a
 * socket is full (EAGAIN).
 */
export const BUSY: ReadonlySet<string> = new Set(["EBUSY", "EAGAIN"]);
const PAUSE_MS = 50;

/** Fields that Node's types do not let others change. */
type Inner = { connecting: boolean; _handle: { close(): void } | null };

/**
 * Opens a socket or a Windows pipe. After a temporary failure it connects again, until the call ends; writes wait, as for
 * any socket. Trying several sockets could not return one synchronously, and nock ends the process when it lets a call
 * through and gets none.
 */
export function dialLocal(
  options: IpcSocketConnectOpts & SocketConstructorOpts,
  lifetime: Lifetime,
  isTemporary = (code: string): boolean => BUSY.has(code),
): Socket {
  const socket = openSocket(options);
  const { destroy } = socket;
  let pause: NodeJS.Timeout | undefined;
  // Node destroys a socket that cannot connect.
  socket.destroy = (error?: NodeJS.ErrnoException) => {
    clearTimeout(pause);
    const { code, syscall } = error ?? {};
    if (syscall !== "connect" || !code || !isTemporary(code) || lifetime.reason)
      return destroy.call(socket, error);
    lifetime.hindered(code);
    const inner = socket as unknown as Inner;
    inner.connecting = true;
    // libuv does not connect a Windows pipe twice. Without a handle, connect() makes one.
    inner._handle?.close();
    inner._handle = null;
    pause = setTimeout(() => socket.connect({ path: options.path }), PAUSE_MS);
    return socket;
  };
  return socket;
}
