import type { ServerResponse } from "node:http";
import { AbortedError, HealthError, isEngineError, TimeoutError } from "../../../../src/index.js";
import { until } from "../../../helpers/waiting.js";
import { type Reaction, type Script, withEngine } from "../scripted-engine.js";

const INSPECT = "GET /containers/web/json";
const LOOK = "GET /containers/c1/json";
const EVENTS = "GET /events";

const check = (exitCode: number, output: string) => ({ ExitCode: exitCode, Output: output });
const state = (Status: string, health?: string, ...Log: object[]): { json: object } => ({
  json: {
    Id: "c1",
    Config: { Healthcheck: { Test: ["CMD", "true"] } },
    State: {
      Status,
      Running: Status === "running" || Status === "paused",
      ExitCode: 0,
      ...(health ? { Health: { Status: health, Log } } : {}),
    },
  },
});
const gone = { status: 404, json: { message: "No such container" } };
const starting = state("running", "starting", check(1, "not yet\n"));

const event = (Action: string, ID = "c1"): string =>
  `${JSON.stringify({ Type: "container", Action, Actor: { ID, Attributes: { exitCode: "3" } }, timeNano: 1 })}\n`;
/** Tells events, each a while after the one before, then goes on without a word. */
const tell =
  (...told: string[]): Reaction =>
  async (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
    for (const text of told) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      response.write(text);
    }
  };

const script = (first: Reaction, looks: Reaction[], events: Reaction | Reaction[] = tell()): Script => ({
  [INSPECT]: first,
  [LOOK]: looks,
  [EVENTS]: events,
});

test("a healthy container is not waited for", async () => {
  await withEngine(script(state("running", "healthy"), []), async ({ docker, calls }) => {
    await docker.waitUntilHealthy("web");
    expect(calls).toEqual([INSPECT]);
  });
});

test("it is looked at again once events are told, then by events, and the connection is closed", async () => {
  const looks = [starting, starting, state("running", "healthy")];
  const answers = tell(
    event("health_status: unhealthy", "other"),
    event("health_status: starting"),
    event("health_status: healthy"),
  );
  await withEngine(script(starting, looks, answers), async ({ docker, calls, underWay }) => {
    await docker.waitUntilHealthy("web");
    expect(calls.filter((call) => call === LOOK)).toHaveLength(3);
    const query = new URLSearchParams(calls[1]?.split("?")[1]);
    expect(JSON.parse(query.get("filters") ?? "")).toEqual({
      type: ["container"],
      container: ["c1"],
      event: ["start", "health_status", "kill", "die", "died", "destroy", "remove"],
    });
    await until("no connection is busy", () => underWay() === 0);
  });
});

test("what happened before events were told is seen", async () => {
  await withEngine(script(starting, [state("running", "healthy")]), async ({ docker, underWay }) => {
    await docker.waitUntilHealthy("web");
    await until("no connection is busy", () => underWay() === 0);
  });
});

test("it goes on after the connection broke", async () => {
  const cut: Reaction = (response) => {
    response.writeHead(200).flushHeaders();
    setTimeout(() => response.destroy(), 20);
  };
  const looks = [starting, state("running", "healthy")];
  await withEngine(script(starting, looks, [cut, tell()]), async ({ docker, calls }) => {
    await docker.waitUntilHealthy("web");
    expect(calls.filter((call) => call.startsWith(EVENTS))).toHaveLength(2);
  });
});

test("a container that was not started yet is waited for", async () => {
  const looks = [state("created"), starting, state("running", "healthy")];
  const answers = tell(event("health_status: starting"), event("health_status: healthy"));
  await withEngine(script(state("created"), looks, answers), async ({ docker }) => {
    await docker.waitUntilHealthy("web");
  });
});

const unhealthy = state("running", "unhealthy", check(1, "first"), check(7, "refused\n"));
const unchecked = { json: { Id: "c1", Config: {}, State: { Status: "running", Running: true } } };
const disabled = {
  json: {
    Id: "c1",
    Config: { Healthcheck: { Test: ["NONE"] } },
    State: { Status: "created", Running: false },
  },
};

describe("fails at once", () => {
  const cases: { what: string; script: Script; failure: string; message: string }[] = [
    {
      what: "is unhealthy",
      script: script(unhealthy, []),
      failure: "unhealthy",
      message: "The container web is unhealthy; its last check exited with 7: refused",
    },
    {
      what: "becomes unhealthy",
      script: script(starting, [starting, unhealthy], tell(event("health_status: unhealthy"))),
      failure: "unhealthy",
      message: "The container web is unhealthy; its last check exited with 7: refused",
    },
    {
      what: "has exited",
      script: script(state("exited", "starting", check(1, "x")), []),
      failure: "exited",
      message: "The container web has exited (exit code 0); its last check exited with 1: x",
    },
    {
      what: "exits",
      script: script(starting, [starting, state("exited", "unhealthy", check(2, "y"))], tell(event("die"))),
      failure: "exited",
      message: "The container web exited with 3; its last check exited with 2: y",
    },
    {
      what: "exits and is started again",
      script: script(starting, [starting, starting], tell(event("die"))),
      failure: "exited",
      message: "The container web exited with 3; its last check exited with 1: not yet",
    },
    {
      what: "exits and is gone",
      script: script(starting, [starting, gone], tell(event("die"))),
      failure: "exited",
      message: "The container web exited with 3; its last check exited with 1: not yet",
    },
    {
      what: "is removed",
      script: script(state("created"), [state("created"), gone], tell(event("destroy"))),
      failure: "removed",
      message: "The container web was removed; it was not checked yet",
    },
    {
      what: "is removed, on Podman",
      script: script(state("created"), [state("created"), gone], tell(event("remove"))),
      failure: "removed",
      message: "The container web was removed; it was not checked yet",
    },
    {
      what: "has no health check",
      script: script(unchecked, []),
      failure: "unchecked",
      message: "The container web has no health check",
    },
    {
      what: "has its health check switched off",
      script: script(disabled, []),
      failure: "unchecked",
      message: "The container web has no health check",
    },
  ];
  test.each(cases)("when the container $what", async ({ script: given, failure, message }) => {
    await withEngine(given, async ({ docker, underWay }) => {
      const error = await docker.waitUntilHealthy("web").catch((caught) => caught);
      expect(error).toBeInstanceOf(HealthError);
      expect(error).toMatchObject({ failure, message, code: "ERR_DOCKER_HEALTH" });
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("with the Engine's error when there is no such container", async () => {
    await withEngine(script(gone, []), async ({ docker }) => {
      const error = await docker.waitUntilHealthy("web").catch((caught) => caught);
      expect(isEngineError(error, 404)).toBe(true);
    });
  });
});

test("a timeout tells the outcome of the last check, as it is by then", async () => {
  const looks = [starting, state("running", "starting", check(1, "still not"))];
  await withEngine(script(starting, looks), async ({ docker, underWay }) => {
    const error = await docker.waitUntilHealthy("web", { timeout: 100 }).catch((caught) => caught);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe(
      "waitUntilHealthy did not finish within 100 ms: the container web is not healthy yet; its last check exited with 1: still not",
    );
    await until("no connection is busy", () => underWay() === 0);
  });
});

test.each([
  { phase: "at the first look", given: script("hang", []) },
  { phase: "before events are told", given: script(starting, [starting], "hang") },
  { phase: "at a later look", given: script(starting, ["hang"]) },
  { phase: "while events are told", given: script(starting, [starting]) },
])("a signal $phase ends it and its connections", async ({ given }) => {
  const abort = new AbortController();
  const reason = new Error("enough");
  await withEngine(given, async ({ docker, underWay }) => {
    const error = docker.waitUntilHealthy("web", { signal: abort.signal }).catch((caught) => caught);
    await new Promise((resolve) => setTimeout(resolve, 80));
    abort.abort(reason);
    expect(await error).toBeInstanceOf(AbortedError);
    expect((await error).cause).toBe(reason);
    await until("no connection is busy", () => underWay() === 0);
  });
});

test.each([null, {}, [], { Id: 5 }])("an inspection that is %j is a StreamError", async (json) => {
  await withEngine({ [INSPECT]: { json } }, async ({ docker }) => {
    await expect(docker.waitUntilHealthy("web")).rejects.toThrow(
      "ContainerInspect: the answer names no ID; check that a Docker Engine listens there",
    );
  });
});
