import type { ContainerInspectResponse, EventMessage, HealthcheckResult } from "#generated/schema.js";
import { checkOptions } from "../../arguments.js";
import { HealthError, type HealthFailure, isEngineError, TimeoutError } from "../../errors.js";
import { type EngineClient, idOf } from "../engine-client.js";
import { events } from "../events/events.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";

/** Podman says "remove" for "destroy", and until 4.4 its filter knows "die" only as "died". */
const EVENTS = ["health_status", "die", "died", "destroy", "remove"];
/** For a last inspection after the timeout. */
const LAST_LOOK_MS = 2000;
const OUTPUT_EXCERPT = 500;

/** Waits for a container's health checks to succeed; see `docker.waitUntilHealthy`. */
export async function waitUntilHealthy(
  docker: EngineClient,
  container: string,
  options?: Limits,
): Promise<void> {
  const limits = checkOptions(options, LIMIT_RULES, { where: "waitUntilHealthy" });
  const patient = new Patient(docker, container);
  try {
    await withLimits("waitUntilHealthy", limits, (signal) => patient.recovery(signal));
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    await patient.isHealthy(AbortSignal.timeout(LAST_LOOK_MS)).catch(() => undefined);
    throw new TimeoutError(
      `${error.message}: the container ${container} is not healthy yet${patient.lastCheck}`,
    );
  }
}

/** A container being watched. */
class Patient {
  readonly #docker: EngineClient;
  readonly #name: string;
  /** Its ID once known: another container may take its name. */
  #id: string | undefined;
  #log: readonly HealthcheckResult[] = [];

  constructor(docker: EngineClient, name: string) {
    this.#docker = docker;
    this.#name = name;
  }

  /** Resolves when it is healthy. @throws {HealthError} as soon as it cannot become healthy */
  async recovery(signal: AbortSignal): Promise<void> {
    if (await this.isHealthy(signal)) return;
    await new Promise<void>((resolve, reject) => {
      const look = async (): Promise<void> => {
        if (await this.isHealthy(signal)) resolve();
      };
      const follow = async (): Promise<void> => {
        const filters = { type: ["container"], container: [this.#id as string], event: EVENTS };
        // Only an inspection shows what happened before events arrive, on every connection.
        const onConnected = (): void => void look().catch(reject);
        for await (const event of events(this.#docker, { filters, signal, onConnected })) {
          if (event.Actor?.ID !== this.#id) continue;
          if (event.Action === "die") throw await this.#died(event, signal);
          await look();
        }
      };
      follow().catch(reject);
    });
  }

  /** Inspects it. @throws {HealthError} it will not become healthy */
  async isHealthy(signal: AbortSignal): Promise<boolean> {
    const { Config, State } = await this.#inspect(signal);
    const { ExitCode, Health, Status } = State ?? {};
    if (Status !== "created" && !State?.Running) {
      throw this.#failure("exited", `is ${Status} (exit code ${ExitCode})`);
    }
    const test = Config?.Healthcheck?.Test ?? [];
    if (!Health?.Status && (Status !== "created" || test.length === 0 || test[0] === "NONE")) {
      throw this.#failure("unchecked", "has no health check");
    }
    if (Health?.Status === "none") throw this.#failure("unchecked", "has no health check");
    if (Health?.Status === "unhealthy") throw this.#failure("unhealthy", "is unhealthy");
    return Health?.Status === "healthy";
  }

  /** The result of its last check, as the end of a sentence. */
  get lastCheck(): string {
    const last = this.#log.at(-1);
    if (!last) return "; it was not checked yet";
    return `; its last check exited with ${last.ExitCode}: ${(last.Output ?? "").trim().slice(-OUTPUT_EXCERPT)}`;
  }

  async #inspect(signal: AbortSignal): Promise<ContainerInspectResponse> {
    const inspected = await this.#docker
      .containerInspect(this.#id ?? this.#name, undefined, { signal })
      .result();
    if (!inspected.ok) {
      const isGone = this.#id !== undefined && isEngineError(inspected.error, 404);
      throw isGone ? this.#failure("removed", "was removed") : inspected.error;
    }
    this.#id = idOf(inspected.data, "ContainerInspect");
    this.#log = inspected.data.State?.Health?.Log ?? this.#log;
    return inspected.data;
  }

  async #died({ Actor }: EventMessage, signal: AbortSignal): Promise<HealthError> {
    // Only for its last checks: it may be gone, or running again.
    await this.#inspect(signal).catch(() => undefined);
    return this.#failure("exited", `exited with ${Actor?.Attributes?.exitCode}`);
  }

  #failure(failure: HealthFailure, problem: string): HealthError {
    const after = failure === "unchecked" ? "" : this.lastCheck;
    return new HealthError(`The container ${this.#name} ${problem}${after}`, failure, this.#log);
  }
}
