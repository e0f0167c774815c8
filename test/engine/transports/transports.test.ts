import { ConnectionError, Docker } from "../../../src/index.js";
import { runChild } from "../child.js";
import { anyEngine, failureOf, useEngine } from "../engine.js";
import type { Left } from "../exit-child.js";
import { restartable } from "../workflows/restartable-engine.js";
import { calls } from "./calls.js";
import { type Opened, transports } from "./transports.js";

describe.each(transports)("over $name", ({ socket, open, exits = ["closed", "idle"] }) => {
  const bench = useEngine({ ...anyEngine, host: `unix://${socket}` });
  let way: Opened;
  let docker: Docker;

  beforeAll(async () => {
    way = await open(socket);
    docker = new Docker(way.options);
  });
  afterAll(async () => {
    await docker.close();
    await way[Symbol.asyncDispose]();
  });

  test.each(calls)("$name", ({ make }) => make(docker, bench));

  test.each(exits)("a process ends by itself, its client being %s", async (mode) => {
    const { options, argument = JSON.stringify(options) } = way;
    const { bytes } = await runChild<Left>("exit-child.ts", [argument, "busybox:local", mode], 20_000);
    expect(bytes).toBeGreaterThan(500_000);
  });
});

for (const { host, stop, start } of restartable) {
  test("idle connections that a restart of the Engine ended are replaced, also for calls that change something", async () => {
    await using docker = new Docker({ host });
    const list = () => docker.containerList({ all: true });
    await Promise.all([1, 2, 3, 4].map(list));
    await stop();
    expect(failureOf(await docker.containerList().result()).error).toBeInstanceOf(ConnectionError);
    await start();
    await Promise.all([1, 2, 3, 4].map(list));
    const { Id } = await docker.containerCreate({ Image: "busybox:local", Cmd: ["true"] });
    await docker.containerDelete(Id);
  });
}
