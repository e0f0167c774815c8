import { checkOptions } from "../../arguments.js";
import { HealthError, type HealthFailure, TimeoutError } from "../../errors.js";
import type { EngineClient } from "../engine-client.js";
import { LIMIT_RULES, type Limits, withLimits } from "../limits.js";
import { becomesHealthy, lastCheckOf } from "../readiness/health.js";
import { Unmet } from "../readiness/unmet.js";
import { WatchedContainer } from "../readiness/watched-container.js";

/** For a last inspection after the timeout. */
const LAST_LOOK_MS = 2000;

/** Waits for a container's health checks to succeed; see `docker.waitUntilHealthy`. */
export async function waitUntilHealthy(
  docker: EngineClient,
  container: string,
  options?: Limits,
): Promise<void> {
  const limits = checkOptions(options, LIMIT_RULES, { where: "waitUntilHealthy" });
  const watched = new WatchedContainer(docker, container);
  const lastCheck = (): string => lastCheckOf(watched.last?.inspected);
  try {
    await withLimits("waitUntilHealthy", limits, (signal) =>
      watched.during(signal, () => becomesHealthy(watched, signal)),
    );
  } catch (error) {
    if (error instanceof Unmet) {
      const failure = error.failure as HealthFailure;
      const after = error === watched.last?.ending ? `; ${lastCheck()}` : "";
      const log = watched.last?.inspected.State?.Health?.Log ?? [];
      throw new HealthError(`The container ${container} ${error.message}${after}`, failure, log);
    }
    if (!(error instanceof TimeoutError)) throw error;
    await watched.look(AbortSignal.timeout(LAST_LOOK_MS)).catch(() => undefined);
    throw new TimeoutError(`${error.message}: the container ${container} is not healthy yet; ${lastCheck()}`);
  }
}
