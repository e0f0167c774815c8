import { Agent, type AgentOptions } from "node:http";
import type { Duplex } from "node:stream";
import type { Endpoint } from "../config/index.js";
import { ConnectionError } from "../errors/index.js";
import { SshConnection } from "./ssh-connection.js";

/** sshd takes ten sessions, or ten logins at once, as it is installed; one is left to the user. */
const MOST = 9;
const WAIT_MS = 10_000;

/**
 * Connections over ssh: kept for the next call, upgraded ones included in the count, and never more than nine. A call
 * that finds them all busy waits for one, and is told so if none comes free.
 */
export class SshAgent extends Agent {
  readonly #endpoint: Extract<Endpoint, { kind: "ssh" }>;
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  constructor(endpoint: Extract<Endpoint, { kind: "ssh" }>, options: AgentOptions) {
    super({ ...options, maxSockets: MOST });
    this.#endpoint = endpoint;
  }

  /** Called by node:http when no idle connection is left; at once where it can be, so that node:http's count is right. */
  override createConnection(
    _: object,
    created?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | undefined {
    if (this.#open < MOST) return this.#connect();
    this.dial().then(
      (connection) => created?.(null, connection),
      (error: Error) => created?.(error, undefined as never),
    );
    return undefined;
  }

  /** Whether a connection that has served a call is kept; not while one that is of its own waits for the place. */
  override keepSocketAlive(socket: Duplex): boolean {
    if (this.#waiting.length > 0) return false;
    return (super.keepSocketAlive(socket) as unknown as boolean | undefined) ?? true;
  }

  /** A connection of its own. @throws {ConnectionError} nine are busy, and stay so */
  async dial(): Promise<SshConnection> {
    if (this.#open >= MOST) await this.#vacancy();
    return this.#connect();
  }

  #connect(): SshConnection {
    this.#open += 1;
    const connection = new SshConnection(this.#endpoint);
    connection.once("close", () => {
      this.#open -= 1;
      this.#waiting.shift()?.();
    });
    return connection;
  }

  async #vacancy(): Promise<void> {
    const kept = Object.values(this.freeSockets).flatMap((sockets) => sockets ?? []);
    const idle = kept.find((socket) => !socket.destroyed);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1);
        reject(
          new ConnectionError(
            `All ${MOST} connections over ssh are busy; end a stream, or use a second client`,
          ),
        );
      }, WAIT_MS);
      const proceed = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push(proceed);
      idle?.destroy();
    });
  }
}
