import type { Duplex } from "node:stream";
import type { Endpoint } from "../../config/index.js";
import { EngineAgent } from "../engine-agent.js";
import type { Lifetime } from "../lifetime.js";
import { SshConnection } from "./connection.js";

/** By default sshd allows ten sessions, or ten simultaneous logins; one is left to the user. */
export const MOST_SSH_CONNECTIONS = 9;

/**
 * Connections over ssh, kept for the next call: nine at most, upgraded ones included. A call that finds them all busy
 * waits for one within its connectTimeout.
 */
export class SshAgent extends EngineAgent {
  readonly #waiting: (() => void)[] = [];
  readonly #connect: () => SshConnection;
  #open = 0;

  constructor(endpoint: Extract<Endpoint, { kind: "ssh" }>, connectTimeout: number) {
    super((lifetime) => (this.full ? this.#wait(lifetime) : this.#opened()), {
      maxSockets: MOST_SSH_CONNECTIONS,
    });
    this.#connect = () => new SshConnection(endpoint, connectTimeout);
  }

  /** Whether the maximum number of connections is open. */
  get full(): boolean {
    return this.#open >= MOST_SSH_CONNECTIONS;
  }

  /** Whether to keep a connection that has served a call; not while a dedicated one waits for its place. */
  override keepSocketAlive(socket: Duplex): boolean {
    if (this.#waiting.length > 0) return false;
    return (super.keepSocketAlive(socket) as unknown as boolean | undefined) ?? true;
  }

  #opened(): SshConnection {
    this.#open += 1;
    const connection = this.#connect();
    connection.once("close", () => {
      this.#open -= 1;
      this.#waiting.shift()?.();
    });
    return connection;
  }

  #wait(lifetime: Lifetime): Promise<SshConnection> {
    return new Promise((resolve, reject) => {
      const proceed = (): void => resolve(this.#opened());
      lifetime.onEnd((reason) => {
        const place = this.#waiting.indexOf(proceed);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(reason);
      });
      this.#waiting.push(proceed);
      const kept = Object.values(this.freeSockets).flatMap((sockets) => sockets ?? []);
      kept.find((socket) => !socket.destroyed)?.destroy();
    });
  }
}
