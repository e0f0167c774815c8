import type { Socket } from "node:net";
import type { Answer } from "./answers.js";

/** What happens to an answer at a byte. `rest` is what the origin sent from there on. */
export interface Fault {
  readonly name: string;
  /** What it does to the client's connection, once the bytes before it were sent. */
  readonly strike: (client: Socket, rest: Buffer, before: Buffer) => void;
  /**
   * "missing": what arrives is right, but not all of it; "added": something arrives that the origin did not send;
   * "none": all arrives.
   */
  readonly does: "missing" | "added" | "none";
  /** Nothing tells the client that no more will come. */
  readonly stalls?: boolean;
  /** Ends the connection in good form, as a server does that has said all. */
  readonly endsConnection?: boolean;
  /** Ends the chunks in good form; strikes answers in chunks only. */
  readonly endsChunks?: boolean;
  /** Whether a client cannot know that an answer is whole though all of it has come. */
  readonly tellsNothingOfWhole?: (endsBy: Answer["endsBy"]) => boolean;
  /** Wants a TCP connection: a reset of a socket file is a plain end. */
  readonly tcpOnly?: boolean;
}

const GARBAGE = Buffer.from("\xff\x00garbage\x7f\xfe!\r\n", "latin1");
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

export const faults: readonly Fault[] = [
  { name: "cut", does: "missing", endsConnection: true, strike: (client) => client.destroySoon() },
  {
    name: "reset",
    does: "missing",
    tcpOnly: true,
    // libuv takes a reset that comes together with the last data for an end.
    endsConnection: true,
    // It may overtake what was sent before it.
    tellsNothingOfWhole: () => true,
    // Not resetAndDestroy(), which says a clean end first.
    strike: (client) => void Object.assign(client, { resetAndClosing: true }).destroy(),
  },
  { name: "half-close", does: "missing", endsConnection: true, strike: (client) => void client.end() },
  {
    name: "stall",
    does: "missing",
    stalls: true,
    tellsNothingOfWhole: (endsBy) => endsBy === "connection" || endsBy === "closing frame",
    strike: () => undefined,
  },
  {
    name: "clean end of chunks",
    does: "missing",
    endsChunks: true,
    strike: (client) => void client.end(LAST_CHUNK),
  },
  { name: "garbage", does: "added", strike: (client, rest) => client.end(Buffer.concat([GARBAGE, rest])) },
  {
    name: "a repeated byte",
    does: "added",
    strike: (client, rest, before) => client.end(Buffer.concat([before.subarray(-1), rest])),
  },
  {
    name: "seven repeated bytes",
    does: "added",
    strike: (client, rest, before) => client.end(Buffer.concat([before.subarray(-7), rest])),
  },
  {
    name: "a pause",
    does: "none",
    strike: (client, rest) => void setImmediate(() => client.destroyed || client.end(rest)),
  },
];
