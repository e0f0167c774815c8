import type { Operation } from "#generated/operations.js";
import { waitWithin } from "../abort.js";
import { type HeaderMap, mergeHeaders, type Transport } from "../transport/index.js";
import { ApiVersion } from "./api-version.js";
import { mayBeMisread, type PreparedCall } from "./prepare/prepare.js";

/** An API version: what its generated/operations.ts exports. The code is the same for all versions, so it receives one. */
export interface Api {
  readonly apiVersion: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Settings that apply to every call. */
export interface CallSettings {
  readonly headers: Readonly<Record<string, string>>;
  /** The API version to use, if one is pinned. */
  readonly apiVersion?: string | undefined;
  /** Default timeout in milliseconds. */
  readonly timeout?: number | undefined;
}

/** How to call the Engine, and in which API version; known once the client is configured. */
export class KnownEngine {
  readonly headers: HeaderMap;
  readonly timeout: number | undefined;
  readonly version: ApiVersion;
  readonly #transport: Transport;

  constructor(api: Api, transport: Transport, { headers, apiVersion, timeout }: CallSettings) {
    this.headers = mergeHeaders({}, headers);
    this.timeout = timeout;
    this.version = new ApiVersion(api.apiVersion, apiVersion);
    this.#transport = transport;
  }

  /**
   * Whether the Engine must say its version before a call: the body cannot be sent again in another, or the Engine may
   * change something before it is known to ignore an option.
   */
  mustSayVersion(call: PreparedCall): boolean {
    return !this.version.isSettled && (!call.isRepeatable || mayBeMisread(call));
  }

  /** Asks the Engine for its version; a failure shows in the call itself. */
  async ask({ operation, request }: PreparedCall): Promise<void> {
    await waitWithin(this.version.ask(this.#transport, this.headers), request, operation.id);
  }
}
