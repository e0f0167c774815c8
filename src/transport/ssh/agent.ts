import type { Duplex } from "node:stream";
import type { Endpoint } from "../../config/index.js";
import { EngineAgent } from "../engine-agent.js";
import type { Lifetime } from "../lifetime.js";
import { SshConnection } from "./connection.js";

/** sshd takes ten sessions, or ten logins at once, as it is installed; one is left to the user. */
export const MOST_SSH_CONNECTIONS = 9;

/**
 * Connections over ssh: kept for the next call, upgraded ones included in the count, and never more than nine. A call
 * that finds them all busy waits for one, as long as it may take to connect.
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

  /** Whether no further connection may be opened now. */
  get full(): boolean {
    return this.#open >= MOST_SSH_CONNECTIONS;
  }

  /** Whether a connection that has served a call is kept; not while one that is of its own waits for the place. */
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
