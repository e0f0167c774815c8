import { type ContainerCreateBody, HealthError, TimeoutError } from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";

const MS = 1_000_000;

describeStores(everyStore, "waitUntilHealthy", (engine) => {
  const { docker, atEnd } = useEngine(engine);
  leavesNoConnection();

  /** A container that is healthy once it has /tmp/ok. */
  async function checked(command: string, options: Partial<ContainerCreateBody> = {}): Promise<string> {
    const { Id } = await docker.containerCreate(
      {
        Image: "busybox:local",
        Cmd: ["sh", "-c", `trap 'exit 0' TERM; ${command}; while true; do sleep 0.1; done`],
        Healthcheck: {
          Test: ["CMD-SHELL", "echo looking; test -e /tmp/ok"],
          Interval: 100 * MS,
          Timeout: 2000 * MS,
          Retries: 3,
        },
        HostConfig: { NetworkMode: "none" },
        ...options,
      },
      { name: uniqueName("health") },
    );
    atEnd(() => docker.containerDelete(Id, { force: true }));
    return Id;
  }

  const failureOf = async (promise: Promise<unknown>): Promise<HealthError> => {
    const error = await rejection(promise);
    expect(error).toBeInstanceOf(HealthError);
    return error as HealthError;
  };

  test("a container is waited for from before its start until it is healthy", async () => {
    const id = await checked("sleep 0.5; touch /tmp/ok", {
      Healthcheck: { Test: ["CMD-SHELL", "test -e /tmp/ok"], Interval: 100 * MS, Retries: 100 },
    });
    const healthy = docker.waitUntilHealthy(id, { timeout: 20_000 });
    await docker.containerStart(id);
    await healthy;
    expect((await docker.containerInspect(id)).State?.Health?.Status).toBe("healthy");
    await docker.waitUntilHealthy(id);
  });

  test("one that turns unhealthy fails with its last check", async () => {
    const id = await checked(":");
    const failing = failureOf(docker.waitUntilHealthy(id));
    await docker.containerStart(id);
    const { failure, log, message } = await failing;
    expect(failure).toBe("unhealthy");
    expect(log.at(-1)).toMatchObject({ ExitCode: 1, Output: "looking\n" });
    expect(message).toMatch(/is unhealthy; its last check exited with 1: looking$/);
  });

  test.each([false, true])("one that exits fails at once (removed by the Engine: %s)", async (AutoRemove) => {
    const id = await checked("sleep 0.3; exit 4", {
      Healthcheck: { Test: ["CMD", "false"], Interval: 10_000 * MS },
      HostConfig: { NetworkMode: "none", AutoRemove },
    });
    const failing = failureOf(docker.waitUntilHealthy(id));
    await docker.containerStart(id);
    const { failure, message } = await failing;
    expect(failure).toBe("exited");
    expect(message).toContain("exited with 4");
  });

  test("one that is removed, or has no health check, fails at once", async () => {
    const id = await checked(":");
    const failing = failureOf(docker.waitUntilHealthy(id));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await docker.containerDelete(id, { force: true });
    expect((await failing).failure).toBe("removed");
    for (const Healthcheck of [{}, { Test: ["NONE"] }]) {
      const unchecked = await checked(":", { Healthcheck });
      expect((await failureOf(docker.waitUntilHealthy(unchecked))).failure).toBe("unchecked");
      await docker.containerStart(unchecked);
      expect((await failureOf(docker.waitUntilHealthy(unchecked))).failure).toBe("unchecked");
    }
  });

  test("a timeout reports the last check", async () => {
    const id = await checked(":", {
      Healthcheck: { Test: ["CMD-SHELL", "echo looking; false"], Interval: 100 * MS, Retries: 1000 },
    });
    await docker.containerStart(id);
    const error = await rejection(docker.waitUntilHealthy(id, { timeout: 1500 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toMatch(/its last check exited with 1: looking$/);
  });
});
