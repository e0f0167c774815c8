import type { ClientRequest } from "node:http";
import type { Duplex } from "node:stream";
import type { Endpoint } from "../../config/index.js";
import { type DialOptions, EngineAgent, isUsable } from "../engine-agent.js";
import type { Lifetime } from "../lifetime.js";
import { SshConnection } from "./connection.js";

/** By default sshd allows ten sessions, or ten simultaneous logins; one is left for the user. */
export const MOST_SSH_CONNECTIONS = 9;

/** A waiting call: takes a freed connection if it can use one, or else opens one in its place. */
interface Waiting {
  readonly request?: ClientRequest;
  open(): void;
}

/**
 * Connections over ssh, kept for the next call: nine at most, upgraded ones included. A call that finds them all busy
 * waits for one within its connectTimeout.
 */
export class SshAgent extends EngineAgent {
  readonly #waiting: Waiting[] = [];
  readonly #connect: () => SshConnection;
  #open = 0;

  constructor(endpoint: Extract<Endpoint, { kind: "ssh" }>, connectTimeout: number) {
    super((lifetime) => (this.full ? this.#wait(lifetime) : this.#opened()));
    this.#connect = () => new SshConnection(endpoint, connectTimeout);
  }

  /** Whether the maximum number of connections is open. */
  get full(): boolean {
    return this.#open >= MOST_SSH_CONNECTIONS;
  }

  protected override open(request: ClientRequest, options: object): void {
    if (this.full)
      this.#queue((options as DialOptions).lifetime, { request, open: () => super.open(request, options) });
    else super.open(request, options);
  }

  /** Hands a free connection to the call that has waited longest, or closes it if that call needs a separate one. */
  protected override freed(connection: Duplex): void {
    const [first] = this.#waiting;
    if (!first) super.freed(connection);
    else if (first.request && isUsable(connection)) {
      this.#waiting.shift();
      this.give(connection, first.request);
    } else connection.destroy();
  }

  #opened(): SshConnection {
    this.#open += 1;
    const connection = this.#connect();
    connection.once("close", () => {
      this.#open -= 1;
      this.#waiting.shift()?.open();
    });
    return connection;
  }

  #wait(lifetime: Lifetime): Promise<SshConnection> {
    return new Promise((resolve, reject) => {
      this.#queue(lifetime, { open: () => resolve(this.#opened()) });
      lifetime.onEnd(reject);
      this.closeIdle();
    });
  }

  #queue(lifetime: Lifetime, waiting: Waiting): void {
    this.#waiting.push(waiting);
    lifetime.onEnd(() => {
      const place = this.#waiting.indexOf(waiting);
      if (place >= 0) this.#waiting.splice(place, 1);
    });
  }
}
