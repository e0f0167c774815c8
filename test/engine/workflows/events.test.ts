import { AbortedError, Docker, isEngineError } from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, until, useEngine } from "../engine.js";
import { leavesNoConnection } from "./open-sockets.js";
import { restartable } from "./restartable-engine.js";

/** Gathers the actions of a container's events, until ended. */
function listen(docker: Docker, label: string, since?: Date) {
  const abort = new AbortController();
  const told: string[] = [];
  const actions: string[] = [];
  const ending = (async () => {
    const filters = { type: ["container"], label: [label] };
    const options = {
      filters,
      since,
      signal: abort.signal,
      onConnected: () => void told.push("connected"),
      onDisconnected: () => void told.push("disconnected"),
    };
    for await (const { Action = "", Actor } of docker.events(options)) {
      actions.push(`${Action} ${Actor?.Attributes?.name}`);
    }
  })();
  const end = async (): Promise<void> => {
    abort.abort();
    expect(await rejection(ending)).toBeInstanceOf(AbortedError);
  };
  return { actions, told, end };
}

async function createAndDelete(docker: Docker, label: string, name: string): Promise<void> {
  const body = { Image: "busybox:local", Labels: { [label]: "" } };
  const { Id } = await docker.containerCreate(body, { name });
  await docker.containerDelete(Id);
}

const both = (name: string): string[] => [`create ${name}`, `destroy ${name}`];

describeStores(everyStore, "events", (engine) => {
  const { docker } = useEngine(engine);
  leavesNoConnection();

  test("arrive from the connection on, and earlier ones with since", async () => {
    const label = uniqueName("events");
    const before = new Date(Date.now() - 1000);
    await createAndDelete(docker, label, `${label}-a`);
    const late = listen(docker, label);
    const all = listen(docker, label, before);
    await until("both listen", () => late.told.length + all.told.length === 2);
    await createAndDelete(docker, label, `${label}-b`);
    await until("all are told", () => late.actions.length === 2 && all.actions.length === 4);
    expect(late.actions).toEqual(both(`${label}-b`));
    expect(all.actions).toEqual([...both(`${label}-a`), ...both(`${label}-b`)]);
    await late.end();
    await all.end();
  });

  test("end at until, by themselves", async () => {
    const label = uniqueName("events");
    const since = new Date(Date.now() - 1000);
    await createAndDelete(docker, label, label);
    const actions: (string | undefined)[] = [];
    const options = { filters: { label: [label] }, since, until: new Date(Date.now() + 1000) };
    for await (const { Action } of docker.events(options)) actions.push(Action);
    expect(actions).toEqual(["create", "destroy"]);
  });

  test("a question that the Engine refuses is its failure", async () => {
    const ending = (async () => {
      for await (const _ of docker.events({ since: 2, until: 1 }));
    })();
    expect(isEngineError(await rejection(ending), 400)).toBe(true);
  });
});

// Not describe.each, which refuses an empty list.
for (const { host, stop, start } of restartable) {
  describe("events of an Engine that is restarted", () => {
    leavesNoConnection();
    const docker = new Docker({ host });
    afterAll(() => docker.close());

    test("go on without repeats or gaps, restart after restart", async () => {
      const label = uniqueName("restart");
      const { actions, told, end } = listen(docker, label);
      await until("it listens", () => told.length === 1);
      const expected: string[] = [];
      for (let round = 0; round < 2; round++) {
        const name = `${label}-${round}`;
        for (const part of ["a", "b", "c"]) {
          await createAndDelete(docker, label, `${name}-${part}`);
          expected.push(...both(`${name}-${part}`));
        }
        await stop();
        await until("the end is noticed", () => told.at(-1) === "disconnected");
        await start();
        // Told while nobody listens, or just when someone begins to.
        await createAndDelete(docker, label, `${name}-d`);
        expected.push(...both(`${name}-d`));
        await until("it listens again", () => told.at(-1) === "connected");
        await until("all are told", () => actions.length >= expected.length);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(actions).toEqual(expected);
      await end();
    });
  });
}
