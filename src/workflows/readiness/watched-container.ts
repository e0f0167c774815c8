import type { ContainerInspectResponse, EventMessage } from "#generated/schema.js";
import { onAbort, sleep } from "../../abort.js";
import { isEngineError } from "../../errors.js";
import { type EngineClient, idOf } from "../engine-client.js";
import { events } from "../events/events.js";
import { inspectedContainer } from "../inspections.js";
import { unlessAborted } from "../limits.js";
import { Unmet } from "./unmet.js";

/** Podman says "remove" for "destroy", and until 4.4 its filter knows "die" only as "died". */
const EVENTS = ["start", "health_status", "kill", "die", "died", "destroy", "remove"];

/** How an event names the signal of a kill that cannot be caught. */
const KILLS = new Set(["9", "KILL", "SIGKILL"]);

/** The known state of a container. */
export interface Look {
  readonly inspected: ContainerInspectResponse;
  /** How it ended, once it has; after that it is not inspected again. */
  readonly ending?: Unmet;
}

/** How long before its recorded start a container may have written: older Engines note the time only afterwards. */
const EARLY_MS = 50;

/** How long an event may lag behind an inspection that no longer finds the container. */
const LATE_MS = 200;

/** Where the log of the last start begins: after the end of the previous run, or else with the log. */
interface LogStart {
  readonly since: Date | string | undefined;
}

function logStartOf({ inspected: { State }, ending }: Look): LogStart {
  const isSet = (time: string | undefined): time is string => Boolean(time) && !time?.startsWith("0001-");
  const { FinishedAt, StartedAt } = State ?? {};
  if (!ending) return { since: isSet(FinishedAt) ? FinishedAt : undefined };
  return { since: isSet(StartedAt) ? new Date(Date.parse(StartedAt) - EARLY_MS) : undefined };
}

/**
 * A container that conditions are waiting for. However many they are, they share one inspection and one stream of events,
 * which opens when the first of them has to wait.
 */
export class WatchedContainer {
  readonly docker: EngineClient;
  readonly name: string;
  readonly #closing = new AbortController();
  readonly #life = new AbortController();
  #look: Look | undefined;
  #failure: { readonly error: unknown } | undefined;
  #following: Promise<void> | undefined;
  #changed = latch();
  #wasKilled = false;
  #logStart: LogStart | undefined;

  constructor(docker: EngineClient, name: string) {
    this.docker = docker;
    this.name = name;
  }

  /** Its ID once known: another container may take its name. */
  get id(): string {
    return this.#look?.inspected.Id ?? this.name;
  }

  /** The last inspection; undefined before the first. */
  get last(): Look | undefined {
    return this.#look;
  }

  /** Fires, with the reason, when it has ended or can no longer be followed. */
  get life(): AbortSignal {
    if (!this.#look?.ending) this.#following ??= this.#follow();
    return this.#life.signal;
  }

  /** When the log of its last start begins. */
  get logStart(): Date | string | undefined {
    return this.#logStart?.since;
  }

  /**
   * Does `work` after a first inspection, and leaves no connection open.
   *
   * @throws {EngineError} 404: no such container
   */
  async during<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const stopListening = onAbort(signal, () => this.#closing.abort(signal.reason));
    try {
      await this.look(signal);
      return await work();
    } finally {
      this.#closing.abort();
      await this.#following;
      stopListening();
    }
  }

  /**
   * Waits until an inspection of the container has what `find` looks for.
   *
   * @param find finds it; undefined if it is not there yet
   * @throws whatever `find` throws, the signal's reason, or why the container cannot be followed
   */
  async when<T>(find: (look: Look) => T | undefined, signal: AbortSignal): Promise<T> {
    for (;;) {
      const found = find(this.#look as Look);
      if (found !== undefined) return found;
      this.#following ??= this.#follow();
      await unlessAborted(this.#changed.fired, signal);
      if (this.#failure) throw this.#failure.error;
    }
  }

  /** Waits until it runs. @throws {Unmet} it has ended */
  running(signal: AbortSignal): Promise<ContainerInspectResponse> {
    return this.when(({ inspected, ending }) => {
      if (ending) throw ending;
      return inspected.State?.Running ? inspected : undefined;
    }, signal);
  }

  /** Does `work` while it runs; its end fires the signal of `work`. @throws {Unmet} it has ended */
  async whileRunning<T>(
    signal: AbortSignal,
    work: (inspected: ContainerInspectResponse, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const inspected = await this.running(signal);
    const ending = new AbortController();
    const stops = [signal, this.life].map((end) => onAbort(end, () => ending.abort(end.reason)));
    try {
      return await work(inspected, ending.signal);
    } catch (error) {
      throw ending.signal.aborted ? ending.signal.reason : error;
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** Inspects it. */
  async look(signal: AbortSignal): Promise<void> {
    const known = this.#look;
    if (known?.ending) return;
    const answer = await this.docker.containerInspect(this.id, undefined, { signal }).result();
    if (this.#look?.ending) return;
    if (answer.ok) {
      idOf(answer.data, "ContainerInspect");
      const inspected = inspectedContainer(answer.data, "State");
      const { Running, Status } = inspected.State;
      if (Status === "created" || Running) return this.#see({ inspected });
      const { ExitCode } = inspectedContainer(answer.data, "State.Status", "State.ExitCode").State;
      const state = Status === "exited" ? "has exited" : `is ${Status}`;
      const exited = new Unmet("exited", `${state} (exit code ${ExitCode})`, Number(ExitCode));
      return this.#see({ inspected, ending: this.#endingBy(Status, exited) });
    }
    if (!known || !isEngineError(answer.error, 404)) throw answer.error;
    // It may have exited before it was removed, and the event may be on its way.
    await sleep(LATE_MS, signal);
    if (this.#look?.ending) return;
    this.#see({ inspected: known.inspected, ending: new Unmet("removed", "was removed") });
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    const fail = (error: unknown): void => {
      if (signal.aborted) return;
      this.#failure ??= { error };
      this.#life.abort(error);
      this.#tell();
    };
    const filters = { type: ["container"], container: [this.id], event: EVENTS };
    // Only an inspection shows what happened before events arrive, on every connection.
    const look = (): void => void this.look(signal).catch(fail);
    try {
      for await (const event of events(this.docker, { filters, signal, onConnected: look })) {
        if (event.Actor?.ID !== this.id) continue;
        if (event.Action === "kill") this.#wasKilled ||= KILLS.has(event.Actor.Attributes?.signal ?? "");
        else if (event.Action === "die") await this.#died(event);
        // Not waited for: what it waits for may be the next event.
        else look();
      }
    } catch (error) {
      fail(error);
    }
  }

  /** Inspects it to read its last checks: it may be gone, or running again. */
  async #died({ Actor }: EventMessage): Promise<void> {
    const { signal } = this.#closing;
    const answer = await this.docker.containerInspect(this.id, undefined, { signal }).result();
    if (this.#look?.ending) return;
    const inspected = answer.ok ? inspectedContainer(answer.data, "State") : (this.#look as Look).inspected;
    const code = Number(Actor?.Attributes?.exitCode ?? inspected.State?.ExitCode);
    const status = answer.ok ? inspected.State?.Status : "dead";
    this.#see({
      inspected,
      ending: this.#endingBy(status, new Unmet("exited", `exited with ${code}`, code)),
    });
  }

  /** A forced removal kills first; a container that exits by itself may be removed as soon as it has. */
  #endingBy(status: string | undefined, exited: Unmet): Unmet {
    const isGoing = status === "removing" || status === "dead";
    return this.#wasKilled && isGoing ? new Unmet("removed", "was removed", exited.exitCode) : exited;
  }

  #see(look: Look): void {
    this.#look = look;
    if (look.ending || look.inspected.State?.Running) this.#logStart ??= logStartOf(look);
    if (look.ending) this.#life.abort(look.ending);
    this.#tell();
  }

  #tell(): void {
    const { fire } = this.#changed;
    this.#changed = latch();
    fire();
  }
}

function latch(): { readonly fired: Promise<void>; readonly fire: () => void } {
  let fire: () => void = () => undefined;
  const fired = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { fired, fire };
}
