import { setTimeout as sleep } from "node:timers/promises";
import { AbortedError, Docker, isEngineError, StreamError } from "../../../src/index.js";
import { collect } from "../../helpers/streams.js";
import { anyEngine, describeStores, failureOf, rejection, until, useEngine } from "../engine.js";
import { leavesNoConnection } from "../workflows/open-sockets.js";
import { restartable } from "../workflows/restartable-engine.js";
import { containersOf } from "./containers.js";

const both = { stdout: true, stderr: true } as const;

describeStores([anyEngine.store], "logs", (engine) => {
  const bench = useEngine(engine);
  const { docker } = bench;
  const create = containersOf(bench);
  leavesNoConnection();

  /** A container that has written and ended. */
  async function ended(script: string, settings = {}): Promise<string> {
    const id = await create(["sh", "-c", script], settings);
    const wait = docker.containerWait(id, { condition: "next-exit" });
    await wait.begun();
    await docker.containerStart(id);
    await wait;
    return id;
  }

  test("tell stdout from stderr, and each alone", async () => {
    const id = await ended("echo out; echo err >&2");
    const text = async (options: object) => (await docker.containerLogs(id, options)).text();
    expect(await text(both)).toEqual({ stdout: "out\n", stderr: "err\n" });
    expect(await text({ stdout: true })).toEqual({ stdout: "out\n", stderr: "" });
    expect(await text({ stderr: true })).toEqual({ stdout: "", stderr: "err\n" });
    expect(isEngineError(failureOf(await docker.containerLogs(id).result()).error, 400)).toBe(true);
  });

  test("of a terminal are all stdout", async () => {
    const id = await ended("echo out; echo err >&2", { Tty: true });
    expect(await (await docker.containerLogs(id, both)).text()).toEqual({
      stdout: "out\r\nerr\r\n",
      stderr: "",
    });
  });

  test("follow a container to its end", async () => {
    const id = await create(["sh", "-c", "echo a; sleep 1; echo b"]);
    await docker.containerStart(id);
    const logs = await docker.containerLogs(id, { ...both, follow: true });
    const lines = (await collect(logs.lines())).map(({ line }) => line);
    expect(lines).toEqual(["a", "b"]);
  });

  test("begin and end where tail, since and until say, in every form of a moment", async () => {
    const id = await ended("echo a; sleep 1; echo b; sleep 1; echo c");
    const lines = async (options: object): Promise<string[]> =>
      (await collect((await docker.containerLogs(id, { ...both, ...options })).lines())).map(
        ({ line }) => line,
      );
    const stamps = (await lines({ timestamps: true })).map((line) => line.split(" ")[0] ?? "");
    expect(stamps).toHaveLength(3);
    expect(stamps[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    const second = stamps[1] as string;
    const date = new Date(second);

    expect(await lines({ tail: 1 })).toEqual(["c"]);
    expect(await lines({ tail: 0 })).toEqual([]);
    expect(await lines({ tail: "all" })).toEqual(["a", "b", "c"]);
    for (const since of [second, date, date.getTime() / 1000, `${date.getTime() / 1000}`]) {
      expect([since, await lines({ since })]).toEqual([since, ["b", "c"]]);
    }
    expect(await lines({ until: second })).toEqual(["a", "b"]);
    expect(await lines({ until: date })).toEqual(["a"]);
    expect(await lines({ since: second, until: second })).toEqual(["b"]);
    expect(await lines({ since: "1h" })).toEqual(["a", "b", "c"]);
    expect(await lines({ since: "1ms" })).toEqual([]);
    expect(await lines({ until: "1h" })).toEqual([]);
    expect(await lines({ until: "0.1ms" })).toEqual(["a", "b", "c"]);
  });

  test("carry the details that the container's labels give", async () => {
    const id = await ended("echo a", {
      Labels: { color: "red" },
      HostConfig: { LogConfig: { Type: "json-file", Config: { labels: "color" } } },
    });
    expect(await (await docker.containerLogs(id, { ...both, details: true })).text()).toEqual({
      stdout: "color=red a\n",
      stderr: "",
    });
  });

  test.each(["cancel", "abort", "break"])("that are followed end by %s while they wait", async (how) => {
    const id = await create(["sh", "-c", "echo a; sleep 600"]);
    await docker.containerStart(id);
    const abort = new AbortController();
    const logs = await docker.containerLogs(id, { ...both, follow: true }, { signal: abort.signal });
    const reading = (async () => {
      for await (const { data } of logs) {
        expect(String(data)).toBe("a\n");
        if (how === "break") break;
        setTimeout(() => (how === "abort" ? abort.abort() : logs.cancel()), 50);
      }
    })();
    if (how === "break") await reading;
    else expect(await rejection(reading)).toBeInstanceOf(AbortedError);
  });
});

for (const { host, stop, start } of restartable) {
  describe("logs of an Engine that is restarted", () => {
    leavesNoConnection();
    const docker = new Docker({ host });
    afterAll(() => docker.close());

    test.each([false, true])(
      "end while they are followed, and can be had again (terminal: %p)",
      async (Tty) => {
        const { Id } = await docker.containerCreate({
          Image: "busybox:local",
          Cmd: ["sh", "-c", "trap 'exit 0' TERM; i=0; while true; do i=$((i+1)); echo $i; sleep 0.1; done"],
          Tty,
          HostConfig: { NetworkMode: "none" },
        });
        try {
          await docker.containerStart(Id);
          const logs = await docker.containerLogs(Id, { ...both, follow: true });
          const lines: string[] = [];
          const reading = (async () => {
            for await (const { line } of logs.lines()) lines.push(line);
          })();
          const outcome = reading.then(
            () => "ended",
            (error: unknown) => error,
          );
          await until("there are lines", () => lines.length > 2);
          await stop();
          // The Engine ends the container as it stops, and so its output; one that is killed cuts the connection.
          const how = await Promise.race([outcome, sleep(20_000, "still open", { ref: false })]);
          if (how !== "ended") expect(how).toBeInstanceOf(StreamError);
          await start();
          const again = await (await docker.containerLogs(Id, both)).text();
          expect(again.stdout.split(/\r?\n/).slice(0, lines.length)).toEqual(lines);
        } finally {
          await docker.containerDelete(Id, { force: true });
        }
      },
    );
  });
}
