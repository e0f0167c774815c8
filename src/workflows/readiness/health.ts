import type { ContainerInspectResponse } from "#generated/schema.js";
import { Unmet } from "./unmet.js";
import type { WatchedContainer } from "./watched-container.js";

const OUTPUT_EXCERPT = 500;

/** Waits until a container's health checks succeed. @throws {Unmet} they never will */
export function becomesHealthy(watched: WatchedContainer, signal: AbortSignal): Promise<true> {
  return watched.when(({ inspected, ending }) => {
    if (ending) throw ending;
    const { Config, State } = inspected;
    const test = Config?.Healthcheck?.Test ?? [];
    const status = State?.Health?.Status;
    const unchecked = !status && (State?.Status !== "created" || test.length === 0 || test[0] === "NONE");
    if (unchecked || status === "none") throw new Unmet("unchecked", "has no health check");
    if (status === "unhealthy") throw new Unmet("unhealthy", `is unhealthy; ${lastCheckOf(inspected)}`);
    return status === "healthy" || undefined;
  }, signal);
}

/** The result of a container's last health check. */
export function lastCheckOf(inspected: ContainerInspectResponse | undefined): string {
  const last = inspected?.State?.Health?.Log?.at(-1);
  if (!last) return "it was not checked yet";
  return `its last check exited with ${last.ExitCode}: ${(last.Output ?? "").trim().slice(-OUTPUT_EXCERPT)}`;
}
