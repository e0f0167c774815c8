import { pack } from "tar-stream";
import { AbortedError, isEngineError, pathType } from "../../../src/index.js";
import { collect } from "../../helpers/streams.js";
import { anyEngine, describeStores, failureOf, rejection, useEngine } from "../engine.js";
import { readTar } from "../tar.js";
import { leavesNoConnection } from "../workflows/open-sockets.js";
import { containersOf } from "./containers.js";

describeStores([anyEngine.store], "what a container does", (engine) => {
  const bench = useEngine(engine);
  const { docker } = bench;
  const create = containersOf(bench);
  let box: string;
  leavesNoConnection();

  beforeAll(async () => {
    box = await create(["sh", "-c", "echo hello > /tmp/file; mkdir /tmp/folder; exec sleep 600"]);
    await docker.containerStart(box);
  });

  test("stats arrive once a second, until the loop is left", async () => {
    const seen: number[] = [];
    for await (const stats of await docker.containerStats(box)) {
      expect(stats.id).toBe(box);
      seen.push(Date.parse(stats.read ?? ""));
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(Number.isNaN(seen[0])).toBe(false);
  });

  test("stats arrive once, with and without the previous reading", async () => {
    const once = await docker.containerStats(box, { stream: false, "one-shot": true });
    expect(once.memory_stats.usage).toBeGreaterThan(0);
    const two = await docker.containerStats(box, { stream: false });
    expect(two.precpu_stats.cpu_usage.total_usage).toBeGreaterThan(0);
  });

  test("stats arrive until the container exits, or a signal ends them", async () => {
    const id = await create(["sleep", "600"]);
    await docker.containerStart(id);
    const abort = new AbortController();
    const stats = await docker.containerStats(id, {}, { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    expect(await rejection(collect(stats))).toBeInstanceOf(AbortedError);
    expect(
      isEngineError(failureOf(await docker.containerStats("sdk-test-nothing").result()).error, 404),
    ).toBe(true);
  });

  test("top has the requested columns", async () => {
    const { Titles, Processes } = await docker.containerTop(box, { ps_args: "-eo pid,args" });
    expect(Titles).toEqual(["PID", "COMMAND"]);
    expect(Processes?.map((process) => process[1])).toContain("sleep 600");
    const stopped = await create(["true"]);
    expect(isEngineError(failureOf(await docker.containerTop(stopped).result()).error, 409)).toBe(true);
  });

  test("is awaited from before its start on, to its end and to its removal", async () => {
    const { Id } = await docker.containerCreate({
      Image: "busybox:local",
      Cmd: ["sh", "-c", "exit 5"],
      HostConfig: { AutoRemove: true },
    });
    const [exit, removal] = (["next-exit", "removed"] as const).map((condition) =>
      docker.containerWait(Id, { condition }),
    );
    await Promise.all([exit?.begun(), removal?.begun()]);
    await docker.containerStart(Id);
    expect((await exit)?.StatusCode).toBe(5);
    expect((await removal)?.StatusCode).toBe(5);
    expect(isEngineError(failureOf(await docker.containerInspect(Id).result()).error, 404)).toBe(true);
  });

  test("events arrive, past and future, with every form of a moment", async () => {
    const id = await create(["true"]);
    const filters = { container: [id] };
    const before = new Date(Date.now() - 1000);
    const abort = new AbortController();
    const events = await docker.systemEvents({ filters }, { signal: abort.signal });
    await docker.containerStart(id);
    const actions: string[] = [];
    for await (const { Action } of events) {
      actions.push(String(Action));
      if (Action === "die") break;
    }
    expect(actions).toEqual(["start", "die"]);
    const until = new Date();
    for (const since of [before, before.getTime() / 1000, before.toISOString(), "1m"]) {
      const past = await collect(await docker.systemEvents({ filters, since, until }));
      expect(past.map(({ Action }) => Action)).toEqual(expect.arrayContaining(["start", "die"]));
    }
    expect(await collect(await docker.systemEvents({ filters, since: "1h", until: "59m" }))).toEqual([]);
    const silent = await docker.systemEvents({ filters }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    expect(await rejection(collect(silent))).toBeInstanceOf(AbortedError);
  });

  test("can be read and written as archives, and exported", async () => {
    const archive = await docker.containerArchive(box, { path: "/tmp/file" });
    expect(pathType(archive.stat)).toBe("file");
    expect(archive.stat).toMatchObject({ name: "file", size: 6 });
    const [file] = await readTar(archive);
    expect([file?.name, String(file?.content)]).toEqual(["file", "hello\n"]);

    const tar = pack();
    tar.entry({ name: "added", mode: 0o640 }, "from a tar\n");
    tar.finalize();
    await docker.putContainerArchive(box, tar as AsyncIterable<Buffer>, { path: "/tmp/folder" });
    const stat = await docker.containerArchiveInfo(box, { path: "/tmp/folder/added" });
    expect([pathType(stat), stat.size, stat.mode & 0o777]).toEqual(["file", 11, 0o640]);

    const exported = await readTar(await docker.containerExport(box));
    const added = exported.find(({ name }) => name === "tmp/folder/added");
    expect(String(added?.content)).toBe("from a tar\n");
    const missing = failureOf(await docker.containerArchive(box, { path: "/sdk-test-nothing" }).result());
    expect(isEngineError(missing.error, 404)).toBe(true);
  });
});
