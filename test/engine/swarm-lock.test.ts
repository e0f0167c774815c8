import { isEngineError } from "../../src/index.js";
import { type Engine, failureOf, until, useEngine } from "./engine.js";
import { restartable } from "./workflows/restartable-engine.js";

for (const { host, stop, start } of restartable)
  describe("a locked swarm", () => {
    const engine: Engine = { store: "containerd", host };
    const { docker, atEnd } = useEngine(engine);

    test("is opened with its key after a restart, and with no other", async () => {
      await docker.swarmInit({
        ListenAddr: "127.0.0.1:2377",
        AdvertiseAddr: "127.0.0.1",
        Spec: { EncryptionConfig: { AutoLockManagers: true } },
      });
      atEnd(() => docker.swarmLeave({ force: true }));
      const { UnlockKey } = await docker.swarmUnlockkey();
      expect(UnlockKey).toMatch(/^SWMKEY-1-/);
      await stop();
      await start();
      const state = async () => (await docker.systemInfo()).Swarm?.LocalNodeState;
      await until("the swarm is locked", async () => (await state()) === "locked");
      expect(isEngineError(failureOf(await docker.swarmInspect().result()).error, 503)).toBe(true);
      const wrong = `SWMKEY-1-${"a".repeat(43)}`;
      expect(
        isEngineError(failureOf(await docker.swarmUnlock({ UnlockKey: wrong }).result()).error, 401),
      ).toBe(true);
      expect(await docker.swarmUnlock({ UnlockKey: UnlockKey ?? "" }).result()).toMatchObject({
        ok: true,
        status: 200,
      });
      await until("the swarm is open", async () => (await state()) === "active");
    });
  });

if (restartable.length === 0)
  test("no Engine may be restarted in this run", () =>
    expect(process.env.DOCKER_HOST_RESTARTABLE).toBeFalsy());
