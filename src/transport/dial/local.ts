import { Socket } from "node:net";
import type { Lifetime } from "../lifetime.js";

/**
 * Temporary failures: all instances of a pipe are taken until the Engine creates another (EBUSY), or the backlog of a
 * socket is full (EAGAIN).
 */
const BUSY = new Set(["EBUSY", "EAGAIN"]);
const PAUSE_MS = 50;

/** Opens a socket or a Windows pipe. Retries while it is busy, until the call ends. */
export const dialLocal = (path: string, lifetime: Lifetime): Socket =>
  new LocalSocket(path, lifetime).connect({ path });

/** What Node's types do not let a subclass change. */
type Inner = { connecting: boolean; _handle: { close(): void } | null };

/**
 * A socket that keeps connecting while the other side is busy; meanwhile, what is written waits, as for any socket.
 * Retrying with other sockets could not return one synchronously, which mocks of node:http need: without one, nock ends
 * the process when it lets a call through.
 */
class LocalSocket extends Socket {
  readonly #path: string;
  readonly #lifetime: Lifetime;
  #pause: NodeJS.Timeout | undefined;

  constructor(path: string, lifetime: Lifetime) {
    super();
    this.#path = path;
    this.#lifetime = lifetime;
  }

  /** Node destroys a socket that cannot connect. */
  override destroy(error?: NodeJS.ErrnoException): this {
    clearTimeout(this.#pause);
    const { code, syscall } = error ?? {};
    if (syscall !== "connect" || !code || !BUSY.has(code) || this.#lifetime.reason)
      return super.destroy(error);
    this.#lifetime.hindered(code);
    const inner = this as unknown as Inner;
    inner.connecting = true;
    // libuv does not connect a Windows pipe twice. Without a handle, connect() makes one.
    inner._handle?.close();
    inner._handle = null;
    this.#pause = setTimeout(() => this.connect({ path: this.#path }), PAUSE_MS);
    return this;
  }
}
