import { connect } from "node:net";
import { Duplex } from "node:stream";

/** A stream without a socket's further methods. */
export function noSocket(path: string): Duplex {
  const inner = connect({ path, allowHalfOpen: true });
  return Duplex.from({ readable: inner, writable: inner });
}
