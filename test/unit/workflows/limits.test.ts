import { getEventListeners } from "node:events";
import { createReadStream } from "node:fs";
import { type Duplex, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { AbortedError, ArgumentError, TimeoutError } from "../../../src/index.js";
import { unlessAborted, withLimits } from "../../../src/workflows/limits.js";
import { frame } from "../../helpers/frames.js";
import { idle, withEngine } from "./scripted-engine.js";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

/** Limits whose signal fires at once. */
function aborting() {
  const abort = new AbortController();
  setImmediate(() => abort.abort(new Error("enough")));
  return { signal: abort.signal };
}

describe("withLimits", () => {
  test.each(["succeeds", "fails"])(
    "leaves neither listener nor timer when the work %s, and ends what goes on",
    async (how) => {
      const { signal } = new AbortController();
      let inner: AbortSignal | undefined;
      const clear = jest.spyOn(globalThis, "clearTimeout");
      const work = withLimits("work", { signal, timeout: 100_000 }, async (own) => {
        inner = own;
        expect(listeners(signal)).toBe(1);
        if (how === "fails") throw new Error("the work's");
        return 5;
      });
      if (how === "fails") await expect(work).rejects.toThrow("the work's");
      else expect(await work).toBe(5);
      expect(listeners(signal)).toBe(0);
      expect(clear).toHaveBeenCalledTimes(1);
      expect(inner?.aborted).toBe(true);
    },
  );

  test.each([
    { limits: () => ({ timeout: 10 }), type: TimeoutError },
    { limits: aborting, type: AbortedError },
  ])("rejects with the reason, but only when the work has ended ($type.name)", async ({ limits, type }) => {
    let ended = false;
    const work = withLimits("work", limits(), async (signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await sleep(50);
      ended = true;
      throw new Error("the work's own");
    });
    await expect(work).rejects.toThrow(type);
    expect(ended).toBe(true);
  });

  test("has one listener on a signal that many share", async () => {
    const abort = new AbortController();
    const works = Array.from({ length: 20 }, () =>
      withLimits("work", { signal: abort.signal }, (own) => unlessAborted(new Promise(() => undefined), own)),
    );
    expect(listeners(abort.signal)).toBe(1);
    abort.abort();
    for (const work of works) await expect(work).rejects.toThrow(AbortedError);
  });

  test("gives the result of work that was done although the signal fired", async () => {
    expect(await withLimits("work", aborting(), async () => sleep(20, "done"))).toBe("done");
  });

  test.each([0, -1, Number.NaN, 2 ** 31, "5"])("refuses the timeout %p", async (timeout) => {
    const work = jest.fn();
    await expect(withLimits("work", { timeout: timeout as number }, work)).rejects.toThrow(ArgumentError);
    expect(work).not.toHaveBeenCalled();
  });
});

describe("unlessAborted", () => {
  test("stops waiting when the signal fires, and hears the late failure", async () => {
    const abort = new AbortController();
    const late = sleep(50).then(() => Promise.reject(new Error("too late")));
    const waiting = unlessAborted(late, abort.signal);
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(unlessAborted(new Promise(() => undefined), abort.signal)).rejects.toThrow("enough");
    await sleep(80);
  });

  test.each([Promise.resolve(1), Promise.reject(new Error("own"))])(
    "leaves no listener (%#)",
    async (promise) => {
      const { signal } = new AbortController();
      await unlessAborted(promise, signal).catch(() => undefined);
      expect(listeners(signal)).toBe(0);
    },
  );
});

test.each(["exec", "run"] as const)(
  "%s ends in time though its output goes to a stream that takes nothing",
  async (what) => {
    const script = {
      "POST /containers/web/exec": { status: 201, json: { Id: "e1" } },
      "POST /exec/e1/start": { upgrade: (socket: Duplex) => socket.end(frame("stdout", "text")) },
      "POST /containers/create": { status: 201, json: { Id: "c1" } },
      "POST /containers/c1/wait": "hang" as const,
      "POST /containers/c1/attach": { upgrade: (socket: Duplex) => socket.end(frame("stdout", "text")) },
      "POST /containers/c1/start": {},
      "DELETE /containers/c1": {},
    };
    await withEngine(script, async ({ docker }) => {
      const stdout = new Writable({ write: () => undefined });
      const options = { stdout, timeout: 200 };
      const work = what === "exec" ? docker.exec("web", ["x"], options) : docker.run("web", ["x"], options);
      await expect(work).rejects.toThrow(TimeoutError);
    });
  },
);

test("no workflow leaves a listener on its signal", async () => {
  const { signal } = new AbortController();
  const failure = { status: 500, json: { message: "broken" } };
  const script = {
    "POST /containers/web/exec": failure,
    "POST /containers/create": failure,
    "POST /images/create": failure,
    "POST /images/load": failure,
    "POST /build": failure,
    "POST /images/a/push": failure,
    "GET /images/a/get": failure,
    "GET /containers/web/json": failure,
    "GET /containers/web/archive": failure,
    "HEAD /containers/web/archive": failure,
    "GET /events": { status: 400, json: {} },
  };
  await withEngine(script, async ({ docker }) => {
    const options = { signal, timeout: 60_000 };
    const workflows: (() => Promise<unknown>)[] = [
      () => docker.exec("web", ["x"], options),
      () => docker.run("a", [], options),
      () => docker.pull("a", options),
      () => docker.push("a", options),
      () => docker.load(Buffer.alloc(1), options),
      () => docker.save("a", "/tmp/sdk-test-never", options),
      () => docker.build(Buffer.alloc(1), { ...options, builder: "classic" }),
      () => docker.waitUntilHealthy("web", options),
      () => docker.copyIn("web", Buffer.alloc(1), "/", options),
      () => docker.copyOut("web", "/", "/tmp/sdk-test-never", options),
      () => docker.events({ signal }).next(),
    ];
    for (const workflow of workflows) {
      await expect(workflow()).rejects.toMatchObject({ name: "EngineError" });
      expect(listeners(signal)).toBe(0);
    }
  });
});

test("stdin from a file that is not there is an ArgumentError that names it", async () => {
  const script = {
    "POST /containers/web/exec": { status: 201, json: { Id: "e1" } },
    "POST /exec/e1/start": { upgrade: idle },
  };
  await withEngine(script, async ({ docker }) => {
    const stdin = createReadStream("/sdk-test-nothing");
    const error = await docker.exec("web", ["cat"], { stdin }).catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain("sdk-test-nothing");
  });
});
