import { getEventListeners } from "node:events";
import { createReadStream } from "node:fs";
import { AbortedError, ArgumentError, TimeoutError } from "../../../src/index.js";
import { withLimits } from "../../../src/workflows/limits.js";
import { idle, withEngine } from "./scripted-engine.js";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

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

  test("rejects at once though the work hears nothing, and hears its late failure", async () => {
    const abort = new AbortController();
    const late = withLimits("work", { signal: abort.signal }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error("too late");
    });
    abort.abort(new Error("enough"));
    await expect(late).rejects.toThrow(AbortedError);
    const never = withLimits("work", { timeout: 10 }, () => new Promise(() => undefined));
    await expect(never).rejects.toThrow(TimeoutError);
    await new Promise((resolve) => setTimeout(resolve, 80));
  });
});

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
      () => docker.build(Buffer.alloc(1), options),
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
