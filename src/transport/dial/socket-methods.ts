import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

/** What node:http and ws call on a connection beyond what every stream has. */
const MANNERS = ["ref", "unref", "setKeepAlive", "setNoDelay", "setTimeout"] as const;

/** Gives a stream that is no socket the methods it lacks for being used as one; they do nothing. */
export function socketLike<T extends Duplex>(stream: T): T {
  for (const name of MANNERS) {
    if (!(name in stream)) Object.defineProperty(stream, name, { value: () => stream });
  }
  return stream;
}

/** Tells when a connection can be used; at once, if it does not say that it is still connecting. */
export function onceConnected(stream: Duplex, connected: () => void): void {
  const { connecting, secureConnecting } = stream as Partial<TLSSocket & { secureConnecting: boolean }>;
  if (secureConnecting) stream.once("secureConnect", connected);
  else if (connecting) stream.once("connect", connected);
  else connected();
}
