import { EngineRequest, type EngineResponse, type HeaderMap, type Transport } from "../transport/index.js";

/** Whether version a is older than b; "1.9" is older than "1.48". */
export function isOlder(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA < majorB || (majorA === majorB && minorA < minorB);
}

const FORM = /^\d+\.\d+$/;

/** The newest version that the Engine of an answer speaks, if the answer says so. */
export function versionOf({ headers }: EngineResponse): string | undefined {
  const version = headers.get("api-version");
  return version !== null && FORM.test(version) ? version : undefined;
}

/**
 * The API version of calls: ours, or the Engine's if that is older. It is learned from the first answer, without asking
 * beforehand. A pinned version never changes.
 */
export class ApiVersion {
  #current: string;
  #settled: boolean;
  #engine: string | undefined;
  /** One request, shared by all calls that wait for the version. */
  #asking: Promise<void> | undefined;

  /**
   * @param own the newest version that we speak
   * @param pinned the version to use, whatever the Engine speaks
   */
  constructor(own: string, pinned: string | undefined) {
    this.#current = pinned ?? own;
    this.#settled = pinned !== undefined;
  }

  get current(): string {
    return this.#current;
  }

  /** Whether the Engine is known to support it. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** The newest version that the Engine speaks, once an answer has said so. Some Engines take any version in a path, but know only theirs. */
  get engine(): string | undefined {
    return this.#engine;
  }

  /** Learns the version from an answer. */
  learn(response: EngineResponse): void {
    if (this.#engine !== undefined) return;
    this.#engine = versionOf(response);
    if (this.#settled || this.#engine === undefined) return;
    if (isOlder(this.#engine, this.#current)) this.#current = this.#engine;
    this.#settled = true;
  }

  /** Asks the Engine for its version, for calls whose body can be sent only once. */
  ask(transport: Transport, headers: HeaderMap): Promise<void> {
    this.#asking ??= this.#ping(transport, headers).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ping(transport: Transport, headers: HeaderMap): Promise<void> {
    try {
      const response = await transport.send(ping(headers));
      this.learn(response);
      await response.drain();
    } catch {
      // The waiting call runs into the same failure and reports it.
    }
  }
}

/** A ping is answered at once or not at all. */
const PING_TIMEOUT_MS = 10_000;

/** Without a version in its path, because any version would be rejected by some Engine. */
const ping = (headers: HeaderMap): EngineRequest =>
  new EngineRequest("/_ping", {
    method: "HEAD",
    settings: { operation: "SystemPingHead", headers, timeout: PING_TIMEOUT_MS },
  });
