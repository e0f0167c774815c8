import { getEventListeners } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TestEnvironment } from "jest-environment-node";

/** What is used of Jest's events. */
interface TestEvent {
  readonly name: string;
  readonly test?: { readonly errors: unknown[] };
}

const TESTS = join(__dirname, "..");

/** What is closed in the background gets this long. */
const GRACE_MS = 2000;

/** A handle that keeps the process alive. process.getActiveResourcesInfo() has their kinds only. */
interface Handle {
  /** Of a connection that was accepted: it ends when its client does, which is a handle of its own. */
  readonly server?: unknown;
}

const handles = (): Handle[] => (process as unknown as { _getActiveHandles(): Handle[] })._getActiveHandles();

/** How many there are of each thing that a test could leave. */
type Counts = Readonly<Record<string, number>>;

/**
 * Fails a test that leaves something behind once its hooks have run: a socket, server, child process or timer that
 * keeps the process alive, a listener on `process`, or one on an AbortSignal that has not fired. Not a setup file,
 * whose hooks would run before those of the tests.
 */
export default class LeftoversEnvironment extends TestEnvironment {
  #before: Counts = {};
  /** Of the controllers that the test made. */
  readonly #signals = new Set<AbortSignal>();
  /** Those set during the test. Jest's own, which come and go, are not among them. */
  readonly #timers = new Set<NodeJS.Timeout>();

  override async setup(): Promise<void> {
    await super.setup();
    const construct = (controller: typeof AbortController): AbortController => {
      const made = new controller();
      // Those that the SDK makes for itself go with its calls.
      const [, , caller = ""] = new Error().stack?.split("\n") ?? [];
      if (caller.includes(TESTS)) this.#signals.add(made.signal);
      return made;
    };
    this.global.AbortController = new Proxy(this.global.AbortController, { construct });
    this.global.setTimeout = this.#noting(this.global.setTimeout);
    this.global.setInterval = this.#noting(this.global.setInterval);
  }

  /** A function that sets timers, with a note taken of them. */
  #noting<Set extends typeof setTimeout | typeof setInterval>(set: Set): Set {
    const noting = (...args: unknown[]): NodeJS.Timeout => {
      const timer: NodeJS.Timeout = Reflect.apply(set, undefined, args);
      this.#timers.add(timer);
      return timer;
    };
    return Object.defineProperties(noting, Object.getOwnPropertyDescriptors(set)) as unknown as Set;
  }

  async handleTestEvent({ name, test }: TestEvent): Promise<void> {
    if (name === "test_start") {
      this.#signals.clear();
      this.#timers.clear();
      this.#before = this.#counts();
    }
    if (name === "test_done" && test?.errors.length === 0) {
      const left = await this.#left();
      if (left.length > 0) test.errors.push(new Error(`The test left behind: ${left.join(", ")}`));
    }
  }

  /** What there is more of than before the test, when the grace is over. */
  async #left(): Promise<string[]> {
    const deadline = Date.now() + GRACE_MS;
    for (;;) {
      const left = Object.entries(this.#counts()).flatMap(([what, count]) => {
        const more = count - (this.#before[what] ?? 0);
        return more > 0 ? [`${more} × ${what}`] : [];
      });
      if (left.length === 0 || Date.now() > deadline) return left;
      await sleep(10, undefined, { ref: false });
    }
  }

  #counts(): Counts {
    const counts: Record<string, number> = {};
    const add = (what: string, count: number): void => {
      counts[what] = (counts[what] ?? 0) + count;
    };
    // Idle connections, which are kept for the next call, do not keep the process alive.
    for (const handle of handles()) if (!handle.server) add(handle.constructor.name, 1);
    // The process that the tests see is a copy with listeners of its own.
    const { process: theirs } = this.global;
    for (const event of theirs.eventNames())
      add(`listener on process for ${String(event)}`, theirs.listenerCount(event));
    for (const timer of this.#timers) {
      if (timer.hasRef() && !isOver(timer)) add("timer", 1);
    }
    for (const signal of this.#signals) {
      if (!signal.aborted) add("listener on an AbortSignal", getEventListeners(signal, "abort").length);
    }
    return counts;
  }
}

/** Whether a timer has fired or was cleared, which Node tells in no other way. */
const isOver = (timer: NodeJS.Timeout): boolean => (timer as unknown as { _destroyed: boolean })._destroyed;
