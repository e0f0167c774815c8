import type { Duplex } from "node:stream";
import type { Connect } from "../../config/index.js";
import { ConfigError } from "../../errors.js";
import type { Lifetime } from "../lifetime.js";
import { socketLike } from "./socket-methods.js";

/** Has the caller's own function open a connection. It is told, but not relied on, to stop when the call is ended. */
export function dialOwn(connect: Connect, lifetime: Lifetime): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const abandoned = new AbortController();
    lifetime.onEnd((reason) => {
      abandoned.abort(reason);
      reject(reason);
    });
    const opening = (async () => connect(abandoned.signal))();
    opening.then(
      (stream: unknown) => {
        if (!isDuplex(stream)) {
          reject(new ConfigError("The option connect must return a Duplex, or a promise of one."));
          return;
        }
        // Some streams fail when they are destroyed, as no socket does; unheard, that would end the process.
        stream.on("error", () => undefined);
        if (lifetime.reason || isDead(stream)) {
          stream.destroy();
          reject(stream.errored ?? new Error("the stream that connect returned is closed already"));
        } else resolve(socketLike(stream));
      },
      (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
}

/** By what it can do, not by its class: there are other implementations. */
function isDuplex(value: unknown): value is Duplex {
  const { read, write, destroy, on } = (value ?? {}) as Partial<Duplex>;
  return [read, write, destroy, on].every((method) => typeof method === "function");
}

/** Nothing can be sent or received any more, and no event will say so. */
const isDead = ({ destroyed, readableEnded, writableEnded }: Duplex): boolean =>
  destroyed || readableEnded || writableEnded;
