import { setTimeout as sleep } from "node:timers/promises";
import { Docker } from "../../../../src/index.js";

/** Sources that say when they are let go of; nothing of them ever comes. */
const sources = {
  "a web stream": (end: () => void) => new ReadableStream<Uint8Array>({ cancel: end }),
  "an iterator": (end: () => void) => ({
    next: () => new Promise<never>(() => undefined),
    return: async () => {
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  }),
};

const calls: Record<string, (docker: Docker, source: never) => PromiseLike<unknown>> = {
  "an upload without a container": (docker, source) => docker.putContainerArchive("", source, { path: "/" }),
  "an upload to no Engine": (docker, source) => docker.putContainerArchive("web", source, { path: "/" }),
  "an unknown option": (docker, source) => docker.imageLoad({ body: source, nope: 1 } as never),
  "an exec without a command": (docker, source) => docker.exec("web", [], { stdin: source }),
  "an exec on no Engine": (docker, source) => docker.exec("web", ["cat"], { stdin: source }),
  "a run of no image": (docker, source) => docker.run("", [], { stdin: source }),
  "a build on no Engine": (docker, source) => docker.build(source),
};

const table = Object.keys(calls).flatMap((call) => Object.keys(sources).map((source) => ({ call, source })));

test.each(table)("$call lets go of $source", async ({ call, source }) => {
  await using docker = new Docker({ host: "unix:///no/such.sock", env: {} });
  let ended = 0;
  const given = sources[source as keyof typeof sources](() => {
    ended += 1;
  });
  await expect(calls[call]?.(docker, given as never)).rejects.toThrow();
  await sleep(1);
  expect(ended).toBeGreaterThan(0);
});

test("a stream whose end fails fails nothing else", async () => {
  await using docker = new Docker({ host: "unix:///no/such.sock", env: {} });
  const unwilling = {
    on: () => undefined,
    destroy: () => Promise.reject(new Error("busy")),
    async *[Symbol.asyncIterator]() {},
  };
  await expect(docker.putContainerArchive("", unwilling, { path: "/" })).rejects.toThrow("id is empty");
  await sleep(1);
});
