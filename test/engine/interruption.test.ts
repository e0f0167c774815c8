import { createReadStream, existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import {
  AbortedError,
  ArgumentError,
  Docker,
  type Failure,
  isEngineError,
  StreamError,
  TimeoutError,
} from "../../src/index.js";
import { bigImage } from "./big-image.js";
import { runChild } from "./child.js";
import { describeStores, everyStore, failureOf, rejection, until, useEngine } from "./engine.js";
import type { Left } from "./exit-child.js";
import { readExport, readTar } from "./tar.js";
import { type WatchedEngine, watchEngine } from "./watched-engine.js";

const MIB = 2 ** 20;

describeStores(everyStore, "interrupted calls", (engine) => {
  const bench = useEngine(engine);
  const name = bench.imageName("medium");
  let watched: WatchedEngine;
  let docker: Docker;

  beforeAll(async () => {
    await bench.load(bigImage(name, 64 * MIB));
  });
  beforeEach(async () => {
    watched = await watchEngine(engine);
    docker = new Docker({ host: watched.host });
  });
  afterEach(async () => {
    await docker.close();
    await watched[Symbol.asyncDispose]();
  });

  /** No connection is left, and the client still works. */
  async function allIsClosedAndUsable(): Promise<void> {
    await until("the connection is closed", () => watched.open() === 0);
    expect(await docker.systemPing()).toBe("OK");
    expect(readExport(await readTar(await docker.imageGet("busybox:local"))).blobs).toHaveLength(2);
  }

  const isAborted = (failed: Failure, reason: Error): void => {
    expect(failed.error).toBeInstanceOf(AbortedError);
    expect(failed.error.cause).toBe(reason);
    expect(failed.status).toBeUndefined();
  };

  test("a signal that fired before sends nothing", async () => {
    const reason = new Error("beforehand");
    isAborted(
      failureOf(await docker.imageGet(name, undefined, { signal: AbortSignal.abort(reason) }).result()),
      reason,
    );
    expect(watched.open()).toBe(0);
  });

  test("an abort before the answer of an export", async () => {
    const abort = new AbortController();
    const reason = new Error("early");
    const call = docker.imageGet(name, undefined, { signal: abort.signal });
    setImmediate(() => abort.abort(reason));
    const failed = failureOf(await call.result());
    expect(failed.kind).toBe("failure");
    isAborted(failed, reason);
    await allIsClosedAndUsable();
  });

  test("an abort and a timeout while the Engine is at work", async () => {
    const id = await bench.container("sh", "-c", "trap '' TERM; while true; do sleep 1; done");
    await docker.containerStart(id);
    const abort = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => abort.abort(reason), 200);
    isAborted(
      failureOf(await docker.containerStop(id, { t: 100 }, { signal: abort.signal }).result()),
      reason,
    );
    const late = failureOf(await docker.containerStop(id, { t: 100 }, { timeout: 200 }).result());
    expect(late.error).toBeInstanceOf(TimeoutError);
    await until("the connections are closed", () => watched.open() === 0);
    expect((await docker.containerInspect(id)).State?.Running).toBe(true);
    await docker.containerDelete(id, { force: true });
  });

  test("an abort in the middle of toFile leaves no file", async () => {
    const folder = bench.path("aborted");
    await mkdir(folder);
    const abort = new AbortController();
    const reason = new Error("midway");
    const tar = await docker.imageGet(name, undefined, { signal: abort.signal });
    let seen = 0;
    const onProgress = (bytes: number): void => {
      seen = bytes;
      if (bytes > 8 * MIB) abort.abort(reason);
    };
    const error = await rejection(tar.toFile(`${folder}/image.tar`, { onProgress }));
    expect(error).toBeInstanceOf(AbortedError);
    expect((error as AbortedError).cause).toBe(reason);
    expect(seen).toBeGreaterThan(8 * MIB);
    expect(await readdir(folder)).toEqual([]);
    await allIsClosedAndUsable();
  });

  test("a connection that breaks in the middle of toFile is a StreamError, and an older file stays", async () => {
    const folder = bench.path("broken");
    await mkdir(folder);
    await writeFile(`${folder}/image.tar`, "older");
    const tar = await docker.imageGet(name);
    const onProgress = (bytes: number): void => {
      if (bytes > 8 * MIB) watched.cut();
    };
    const error = await rejection(tar.toFile(`${folder}/image.tar`, { onProgress }));
    expect(error).toBeInstanceOf(StreamError);
    expect((error as StreamError).message).toMatch(/^ImageGet: the connection broke after \d{7,} bytes/);
    expect(await readdir(folder)).toEqual(["image.tar"]);
    expect(await readFile(`${folder}/image.tar`, "utf8")).toBe("older");
    await allIsClosedAndUsable();
  });

  test("an error in onProgress ends the export and leaves no file", async () => {
    const mistake = new Error("the caller's");
    const tar = await docker.imageGet(name);
    const onProgress = (): void => {
      throw mistake;
    };
    expect(await rejection(tar.toFile(bench.path("mistake.tar"), { onProgress }))).toBe(mistake);
    expect(existsSync(bench.path("mistake.tar"))).toBe(false);
    await allIsClosedAndUsable();
  });

  test("leaving the loop early closes the connection", async () => {
    const tar = await docker.imageGet(name);
    expect(watched.open()).toBe(1);
    for await (const chunk of tar) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await allIsClosedAndUsable();
    expect(watched.received()).toBeLessThan(64 * MIB);
  });

  test.each(["toNode", "toWeb"] as const)("ending %s early closes the connection", async (form) => {
    const tar = await docker.imageGet(name);
    for await (const chunk of tar[form]()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await allIsClosedAndUsable();
  });

  test("cancel() before reading closes the connection", async () => {
    const tar = await docker.imageGet(name);
    expect(watched.open()).toBe(1);
    tar.cancel();
    await until("the connection is closed", () => watched.open() === 0);
    expect(await rejection(tar.bytes())).toBeInstanceOf(AbortedError);
    await allIsClosedAndUsable();
  });

  test("cancel() while reading ends the reading with an AbortedError", async () => {
    const tar = await docker.imageGet(name);
    const reading = (async () => {
      let pieces = 0;
      for await (const _ of tar) if (++pieces === 10) tar.cancel();
    })();
    expect(await rejection(reading)).toBeInstanceOf(AbortedError);
    await allIsClosedAndUsable();
  });

  test("a tar is read once only", async () => {
    const tar = await docker.imageGet("busybox:local");
    await tar.bytes();
    expect(await rejection(tar.bytes())).toBeInstanceOf(StreamError);
    expect(await rejection(tar.toFile(bench.path("twice.tar")))).toBeInstanceOf(StreamError);
    expect(existsSync(bench.path("twice.tar"))).toBe(false);
  });

  test("an abort in the middle of a load ends the reading of its body too", async () => {
    const other = bench.imageName("unloaded");
    const abort = new AbortController();
    const reason = new Error("midway");
    let sent = 0;
    let ended = false;
    async function* body(): AsyncGenerator<Buffer> {
      try {
        for await (const chunk of bigImage(other, 64 * MIB)) {
          sent += chunk.length;
          if (sent > 8 * MIB) abort.abort(reason);
          yield chunk;
        }
      } finally {
        ended = true;
      }
    }
    isAborted(failureOf(await docker.imageLoad({ body: body() }, { signal: abort.signal }).result()), reason);
    await until("the body is no longer read", () => ended);
    expect(sent).toBeLessThan(32 * MIB);
    await allIsClosedAndUsable();
    expect(isEngineError(failureOf(await docker.imageInspect(other).result()).error, 404)).toBe(true);
  });

  test("a body that fails is an ArgumentError, at once and in the middle", async () => {
    const missing = docker.imageLoad({ body: createReadStream(bench.path("missing.tar")) });
    const error = await rejection(missing);
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as ArgumentError).message).toContain("missing.tar");
    const mistake = new Error("the caller's");
    async function* body(): AsyncGenerator<Buffer> {
      for await (const chunk of bigImage(bench.imageName("unloaded"), 64 * MIB)) {
        yield chunk;
        if (chunk.length > MIB / 2) throw mistake;
      }
    }
    const midway = await rejection(docker.imageLoad({ body: body() }));
    expect(midway).toBeInstanceOf(ArgumentError);
    expect((midway as ArgumentError).cause).toBe(mistake);
    await allIsClosedAndUsable();
  });

  test("two exports at once do not disturb each other", async () => {
    const files = ["one.tar", "two.tar"].map(bench.path);
    const sizes = await Promise.all(files.map(async (file) => (await docker.imageGet(name)).toFile(file)));
    expect(sizes[0]).toBeGreaterThan(64 * MIB);
    expect(sizes[1]).toBe(sizes[0]);
    const hashes = new Set<string>();
    for (const file of files) {
      const entries = await readTar(createReadStream(file));
      readExport(entries);
      hashes.add(JSON.stringify(entries.map(({ name: entry, sha256 }) => [entry, sha256])));
    }
    expect(hashes.size).toBe(1);
  });

  test("a stream that nobody reads blocks neither other calls nor itself", async () => {
    const unread = await docker.imageGet(name);
    for (let round = 0; round < 3; round++) {
      expect(await docker.systemPing()).toBe("OK");
      expect((await docker.imageList()).length).toBeGreaterThan(0);
      expect((await (await docker.imageGet("busybox:local")).bytes()).length).toBeGreaterThan(MIB / 2);
    }
    // What waits is held back at the Engine, not gathered here.
    expect(watched.received()).toBeLessThan(32 * MIB);
    expect(readExport(await readTar(unread)).blobs).toHaveLength(2);
  });

  test("close() ends running calls and refuses later ones", async () => {
    const tar = await docker.imageGet(name);
    const reading = rejection(
      (async () => {
        for await (const _ of tar) await docker.close();
      })(),
    );
    expect(await reading).toBeInstanceOf(AbortedError);
    expect(failureOf(await docker.systemPing().result()).error).toBeInstanceOf(AbortedError);
    await until("the connections are closed", () => watched.open() === 0);
  });

  test.each([
    ["after close(), with streams left unread", "closed"],
    ["without close(), with nothing under way", "idle"],
  ])("a process ends by itself %s", async (_, mode) => {
    const { bytes } = await runChild<Left>("exit-child.ts", [engine.host, name, mode], 20_000);
    expect(bytes).toBeGreaterThan(64 * MIB);
  });
});
