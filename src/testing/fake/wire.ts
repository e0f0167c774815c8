import type { Writable } from "node:stream";
import type { Pieces } from "../mocked-operations.js";

/** A request as it arrived, with its body. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** Whether the client asks for a two-way connection. */
  readonly upgrades: boolean;
}

/** An answer as it is sent. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: Pieces<Uint8Array>;
  /** Takes what the client writes to an upgraded connection. */
  readonly input?: Writable | undefined;
}

/** The handler behind a server. */
export interface FakeWire {
  /** Answers a request; a rejection breaks the connection. `ended` fires when the client has gone. */
  answer(request: WireRequest, ended: AbortSignal): Promise<WireAnswer>;
}
