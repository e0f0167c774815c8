import { Docker, isEngineError, pathType, StreamError } from "../../src/index.js";
import { bigImage } from "./big-image.js";
import { describeStores, everyStore, failureOf, rejection, until, useEngine } from "./engine.js";
import { readExport, readTar } from "./tar.js";
import { watchEngine } from "./watched-engine.js";

describeStores(everyStore, "one operation of each kind", (engine) => {
  const { docker, container, imageName, load } = useEngine(engine);

  test("json: list, inspect, info", async () => {
    const id = await container("true");
    const listed = await docker.containerList({ all: true });
    expect(listed.find(({ Id }) => Id === id)).toMatchObject({ Image: "busybox:local", State: "created" });
    expect(await docker.containerInspect(id)).toMatchObject({ Id: id, Path: "true" });
    expect(await docker.imageInspect("busybox:local")).toMatchObject({ Os: "linux" });
    const info = await docker.systemInfo().result();
    expect(info).toMatchObject({ ok: true, status: 200, data: { OSType: "linux" } });
    expect(info.headers?.get("Api-Version")).toMatch(/^1\.\d+$/);
  });

  test("json: a failure is an EngineError, and the connection serves the next call", async () => {
    await using watched = await watchEngine(engine);
    await using client = new Docker({ host: watched.host });
    for (let round = 0; round < 5; round++) {
      const failed = failureOf(await client.containerInspect("sdk-test-no-such-container").result());
      expect(isEngineError(failed.error, 404)).toBe(true);
      await client.systemPing();
    }
    expect(watched.open()).toBe(1);
  });

  test("none: start, start again, stop, stop again, delete", async () => {
    const id = await container("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done");
    expect(await docker.containerStart(id).result()).toMatchObject({
      ok: true,
      status: 204,
      data: undefined,
    });
    expect(await docker.containerStart(id).result()).toMatchObject({
      ok: true,
      status: 304,
      data: undefined,
    });
    expect(await docker.containerStop(id, { t: 1 }).result()).toMatchObject({ ok: true, status: 204 });
    expect(await docker.containerStop(id, { t: 1 }).result()).toMatchObject({ ok: true, status: 304 });
    expect(await docker.containerDelete(id).result()).toMatchObject({ ok: true, status: 204 });
    expect(isEngineError(failureOf(await docker.containerDelete(id).result()).error, 404)).toBe(true);
  });

  test("json: wait gives the exit code", async () => {
    const id = await container("sh", "-c", "exit 7");
    const waiting = docker.containerWait(id, { condition: "next-exit" });
    await docker.containerStart(id);
    expect(await waiting).toMatchObject({ StatusCode: 7 });
  });

  test("text: ping", async () => {
    expect(await docker.systemPing().result()).toMatchObject({ ok: true, status: 200, data: "OK" });
  });

  test("tar: a container's file, and its whole file system", async () => {
    const id = await container("true");
    const archive = await docker.containerArchive(id, { path: "/etc/passwd" });
    expect(archive.stat).toMatchObject({ name: "passwd", linkTarget: "" });
    const [passwd, ...others] = await readTar(archive);
    expect(passwd?.content).toHaveLength(archive.stat.size);
    expect(others).toEqual([]);
    expect(passwd?.name).toBe("passwd");
    expect(passwd?.content.toString()).toContain("root:x:0:0");
    const names = (await readTar(await docker.containerExport(id))).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["bin/busybox", "etc/passwd"]));
    const missing = failureOf(await docker.containerArchive(id, { path: "/no/such/file" }).result());
    expect(isEngineError(missing.error, 404)).toBe(true);
  });

  test.each([
    ["file", "/etc/passwd"],
    ["directory", "/etc"],
    ["symlink", "/tmp/link"],
  ])("path-stat: a %s", async (type, path) => {
    const id = await container("busybox", "ln", "-s", "/etc/passwd", "/tmp/link");
    await docker.containerStart(id);
    await docker.containerWait(id);
    const stat = await docker.containerArchiveInfo(id, { path });
    expect(pathType(stat)).toBe(type);
    expect(stat).toMatchObject({
      name: path.split("/").at(-1),
      size: expect.any(Number),
      linkTarget: type === "symlink" ? "/etc/passwd" : "",
    });
    expect(Date.parse(stat.mtime)).not.toBeNaN();
    expect((await docker.containerArchive(id, { path })).stat).toEqual(stat);
  });

  test("tar: two images in one archive", async () => {
    const name = imageName("second");
    await load(bigImage(name, 100_000));
    const entries = await readTar(await docker.imageGetAll({ names: [name, "busybox:local"] }));
    expect(readExport(entries).manifests).toHaveLength(2);
    const manifests = entries.find((entry) => entry.name === "manifest.json")?.content.toString() ?? "";
    const tags = (JSON.parse(manifests) as { RepoTags: string[] }[]).flatMap(({ RepoTags }) => RepoTags);
    expect(tags.sort()).toEqual(["busybox:local", name].sort());
  });

  test("json-lines: the events of a time that is over", async () => {
    const since = String(Math.floor(Date.now() / 1000) - 1);
    const id = await container("true");
    await docker.containerStart(id);
    await docker.containerWait(id);
    await docker.containerDelete(id);
    const actions: string[] = [];
    const until = String(Math.ceil(Date.now() / 1000));
    const events = await docker.systemEvents({ since, until });
    for await (const { Type, Action = "", Actor, time = 0, timeNano } of events) {
      if (Type !== "container" || Actor?.ID !== id) continue;
      actions.push(Action);
      expect((timeNano as bigint) / 1_000_000_000n).toBe(BigInt(time));
    }
    expect(actions).toEqual(["create", "start", "die", "destroy"]);
  });

  test("json-lines: live events; leaving the loop closes the connection", async () => {
    await using watched = await watchEngine(engine);
    await using client = new Docker({ host: watched.host });
    const events = await client.systemEvents();
    const id = await container("true");
    for await (const { Actor, Action } of events) {
      if (Actor?.ID !== id) continue;
      expect(Action).toBe("create");
      break;
    }
    await until("the connection is closed", () => watched.open() === 0);
  });

  test("json-lines: statistics, once and continually", async () => {
    const id = await container("sleep", "300");
    await docker.containerStart(id);
    expect((await docker.containerStats(id, { stream: false })).id).toEqual(id);
    const atOnce = await docker.containerStats(id, { stream: false, "one-shot": true });
    expect(atOnce.cpu_stats.cpu_usage.total_usage).toEqual(expect.any(Number));
    let rounds = 0;
    for await (const { id: of } of await docker.containerStats(id)) {
      expect(of).toBe(id);
      if (++rounds === 2) break;
    }
    expect(rounds).toBe(2);
    await docker.containerDelete(id, { force: true });
  });

  test("progress: the records of a load", async () => {
    const name = imageName("progress");
    const stream = await docker.imageLoad({ body: bigImage(name, 100_000), quiet: false });
    let text = "";
    for await (const { stream: line = "" } of stream) text += line;
    expect(text).toContain(`Loaded image: ${name}`);
  });

  test("progress: loading garbage fails after the 200", async () => {
    const garbage = Buffer.alloc(100_000, "garbage");
    const result = await docker.imageLoad({ body: garbage }).result();
    expect(result).toMatchObject({ ok: true, status: 200 });
    if (!result.ok) throw result.error;
    const error = await rejection(result.data.done());
    expect(error).toBeInstanceOf(StreamError);
    expect((error as StreamError).message).toContain("ImageLoad failed");
  });

  test("progress: so does garbage without an end, of which the Engine reads only the beginning", async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(1 << 16, "garbage");
    }
    const stream = await docker.imageLoad({ body: endless() });
    expect(await rejection(stream.done())).toBeInstanceOf(StreamError);
    expect(await docker.systemPing()).toBe("OK");
  });

  test("progress: an import of a file system", async () => {
    const name = imageName("import");
    const [repo = "", tag = ""] = name.split(":");
    const id = await container("true");
    const body = await docker.containerExport(id);
    await (await docker.imageCreate({ fromSrc: "-", repo, tag, body })).done();
    expect(await docker.imageInspect(name)).toMatchObject({ RepoTags: [name] });
  });
});
