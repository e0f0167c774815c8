import type { Duplex } from "node:stream";
import type { Connect } from "../../config/index.js";
import { ConfigError } from "../../errors.js";
import type { Watch } from "../lifetime.js";
import { socketLike } from "./socket-like.js";

/** Has the caller's own function open a connection. It is told, but not relied on, to stop when the call is ended. */
export function dialOwn(connect: Connect, watch: Watch): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const abandoned = new AbortController();
    watch.onEnd((reason) => {
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
        if (watch.reason) stream.destroy();
        else resolve(socketLike(stream));
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
