import type { Duplex } from "node:stream";
import { asError } from "../../arguments.js";
import type { Connect } from "../../config/index.js";
import { ConfigError } from "../../errors.js";
import type { Lifetime } from "../lifetime.js";
import { asPipe, isPipe } from "./pipe.js";
import { socketLike } from "./socket-methods.js";

/**
 * Opens a connection with the caller's function, synchronously if the function is synchronous. Its signal fires when the
 * call ends, but need not be obeyed.
 */
export function dialOwn(connect: Connect, lifetime: Lifetime): Duplex | Promise<Duplex> {
  const abandoned = new AbortController();
  lifetime.onEnd((reason) => abandoned.abort(reason));
  try {
    const opening: unknown = connect(abandoned.signal);
    return isDuplex(opening) ? accepted(opening, lifetime) : wait(opening, lifetime);
  } catch (error) {
    return Promise.reject(asError(error));
  }
}

function wait(opening: unknown, lifetime: Lifetime): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    lifetime.onEnd(reject);
    Promise.resolve(opening)
      .then((stream) => resolve(accepted(stream, lifetime)))
      .catch((error: unknown) => reject(asError(error)));
  });
}

/** @throws {Error} it is not a stream, or is closed already */
function accepted(stream: unknown, lifetime: Lifetime): Duplex {
  if (!isDuplex(stream)) {
    throw new ConfigError("The option connect must return a Duplex, or a promise of one.");
  }
  // Unlike sockets, some streams emit an error when destroyed; unhandled, it would end the process.
  stream.on("error", () => undefined);
  if (lifetime.reason || isDead(stream)) {
    stream.destroy();
    throw stream.errored ?? new Error("the stream that connect returned is already closed");
  }
  return socketLike(isPipe(stream) ? asPipe(stream) : stream);
}

/** Checks methods, not the class: there are other implementations. */
function isDuplex(value: unknown): value is Duplex {
  const { read, write, destroy, on } = (value ?? {}) as Partial<Duplex>;
  return [read, write, destroy, on].every((method) => typeof method === "function");
}

/** Whether nothing can be sent or received any longer, and no event will follow. */
const isDead = ({ destroyed, readableEnded, writableEnded }: Duplex): boolean =>
  destroyed || readableEnded || writableEnded;
