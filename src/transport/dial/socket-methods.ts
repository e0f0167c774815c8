import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";

/** Methods that node:http and ws call on a connection and other streams lack. */
const SOCKET_METHODS = ["ref", "unref", "setKeepAlive", "setNoDelay", "setTimeout"] as const;

/** Adds the socket methods a stream lacks; they do nothing. */
export function socketLike<T extends Duplex>(stream: T): T {
  for (const name of SOCKET_METHODS) {
    if (!(name in stream)) Object.defineProperty(stream, name, { value: () => stream });
  }
  return stream;
}

/** Calls back when a connection can be used; at once unless it is still connecting. */
export function onceConnected(stream: Duplex, connected: () => void): void {
  const { connecting, secureConnecting } = stream as Partial<TLSSocket & { secureConnecting: boolean }>;
  if (secureConnecting) stream.once("secureConnect", connected);
  else if (connecting) stream.once("connect", connected);
  else connected();
}
