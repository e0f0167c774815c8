import { onAbort, sleep } from "../../src/abort.js";
import { withByteServer } from "../helpers/byte-server.js";

test("any number of acts cost a signal one listener, and none when all are called off", () => {
  const { signal } = new AbortController();
  const listens = jest.spyOn(signal, "addEventListener");
  const leaves = jest.spyOn(signal, "removeEventListener");
  const stops = Array.from({ length: 100 }, () => onAbort(signal, () => undefined));
  expect(listens).toHaveBeenCalledTimes(1);
  for (const stop of [...stops, ...stops]) stop();
  expect(leaves).toHaveBeenCalledTimes(1);
  onAbort(signal, () => undefined)();
  expect([listens.mock.calls.length, leaves.mock.calls.length]).toEqual([2, 2]);
});

test("each act is done once, also one given twice, and none that was called off, be it by another", () => {
  const abort = new AbortController();
  const done: string[] = [];
  const act = () => void done.push("a");
  onAbort(abort.signal, act);
  onAbort(abort.signal, act);
  onAbort(abort.signal, () => stop());
  const stop = onAbort(abort.signal, () => void done.push("b"));
  abort.abort();
  stop();
  expect(done).toEqual(["a", "a"]);
  onAbort(abort.signal, act);
  expect(done).toEqual(["a", "a", "a"]);
});

test("any number of sleepers cost a signal one listener, wake when it fires, and leave no timer", async () => {
  const abort = new AbortController();
  const listens = jest.spyOn(abort.signal, "addEventListener");
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const sleepers = Array.from({ length: 20 }, () => sleep(60_000, abort.signal));
  expect(listens).toHaveBeenCalledTimes(1);
  abort.abort();
  await Promise.all([...sleepers, sleep(60_000, abort.signal)]);
  expect(timers()).toBe(before);
  await sleep(1);
});

test("twenty workflows and calls with streams under one signal warn of no leak", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on("warning", onWarning);
  const { signal } = new AbortController();
  await withByteServer(
    (socket, received) => {
      // The question for the version that precedes a streamed body stays open long enough for all to wait for it.
      if (received.startsWith("HEAD")) setTimeout(() => socket.destroy(), 50);
      else socket.destroy();
    },
    async (docker) => {
      async function* body() {
        yield Buffer.from("x");
      }
      await Promise.allSettled(
        Array.from({ length: 20 }, () => [
          docker.imageLoad({ body: body() }, { signal }),
          docker.pull("alpine", { signal }),
          docker.load(Buffer.from("x"), { signal }),
        ]).flat(),
      );
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});
