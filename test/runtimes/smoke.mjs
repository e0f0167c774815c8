/**
 * The package on whatever runs this file: Node of any version, Bun, Deno. In this repository it is what dist/ has, and in
 * another folder what is installed there. Needs an Engine with busybox:local at DOCKER_HOST, a unix socket; one at
 * DOCKER_HOST_TLS is tried too. Says a line for each check and fails at
 * the first that does not hold; the process must end by itself.
 */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker, isEngineError } from "docker-engine-sdk";
import { mockEngine } from "docker-engine-sdk/testing";

const IMAGE = "busybox:local";
const LIMIT_MS = 30_000;
const socket = process.env.DOCKER_HOST.replace("unix://", "");
const runtime = globalThis.Bun
  ? `Bun ${Bun.version}`
  : globalThis.Deno
    ? `Deno ${Deno.version.deno}`
    : `Node ${process.version}`;

/** An Engine is reached by TCP through this. */
const forwarder = createServer({ allowHalfOpen: true }, (client) => {
  const engine = connect({ path: socket, allowHalfOpen: true });
  for (const [from, to] of [
    [client, engine],
    [engine, client],
  ]) {
    from.pipe(to);
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
  }
});
await new Promise((resolve) => forwarder.listen(0, "127.0.0.1", resolve));

const folder = await mkdtemp(join(tmpdir(), "smoke-"));
/** A container that runs until it is deleted. */
let box;

const checks = {
  "lists containers": async (docker) => {
    const listed = await docker.containerList({ all: true, filters: { id: [box] } });
    assert.equal(listed[0].Id, box);
  },
  "gives the Engine's own words for what is missing": async (docker) => {
    const result = await docker.containerInspect("no-such-container").result();
    assert.ok(!result.ok && isEngineError(result.error, 404), String(result.error));
  },
  "exports an image to a file": async (docker) => {
    const file = join(folder, "image.tar");
    const bytes = await (await docker.imageGet(IMAGE)).toFile(file);
    assert.equal((await stat(file)).size, bytes);
    assert.deepEqual(await readdir(folder), ["image.tar"]);
    await rm(file);
  },
  "streams a body up": async (docker) => {
    const tar = await docker.imageGet(IMAGE);
    await (await docker.imageLoad({ body: tar })).done();
  },
  "runs a command with input, to its exit code": async (docker) => {
    const { exitCode, stdout, stderr } = await docker.exec(box, ["sh", "-c", "cat; echo err >&2; exit 3"], {
      stdin: "x".repeat(100_000),
    });
    assert.deepEqual([exitCode, stdout.length, stderr], [3, 100_000, "err\n"]);
  },
  "runs a container with input, and leaves nothing": async (docker) => {
    const result = await docker.run(IMAGE, ["sort"], { stdin: "b\na\n", remove: true });
    assert.deepEqual([result.exitCode, result.stdout], [0, "a\nb\n"]);
    assert.ok(isEngineError((await docker.containerInspect(result.id).result()).error, 404));
  },
  "reads logs in frames": async (docker) => {
    const { id } = await docker.run(IMAGE, ["sh", "-c", "echo out; echo err >&2"]);
    const logs = await docker.containerLogs(id, { stdout: true, stderr: true });
    assert.deepEqual(await logs.text(), { stdout: "out\n", stderr: "err\n" });
    await docker.containerDelete(id);
  },
  "attaches to a terminal": async (docker) => {
    const { Id } = await docker.containerCreate({
      Image: IMAGE,
      Cmd: ["sh"],
      Tty: true,
      OpenStdin: true,
      HostConfig: { NetworkMode: "none" },
    });
    const attached = await docker.containerAttach(Id, { stream: true, stdin: true, stdout: true });
    await docker.containerStart(Id);
    attached.stdin.write("echo $((6*7)); exit\n");
    assert.match((await attached.text()).stdout, /^42\r$/m);
    await docker.containerDelete(Id, { force: true });
  },
  "attaches by WebSocket": async (docker) => {
    const { Id } = await docker.containerCreate({
      Image: IMAGE,
      Cmd: ["cat"],
      OpenStdin: true,
      StdinOnce: true,
      HostConfig: { NetworkMode: "none" },
    });
    await docker.containerStart(Id);
    const attached = await docker.containerAttachWebsocket(Id, { stream: true, stdin: true, stdout: true });
    attached.stdin.write("hello\n");
    for await (const { data } of attached) {
      assert.equal(data.toString(), "hello\n");
      break;
    }
    await docker.containerDelete(Id, { force: true });
  },
  "hears events until it leaves": async (docker) => {
    const events = await docker.systemEvents({ filters: { container: [box] } });
    await docker.containerRename(box, { name: `smoke-${Date.now()}` });
    for await (const { Action, timeNano } of events) {
      assert.deepEqual([Action, typeof timeNano], ["rename", "bigint"]);
      break;
    }
  },
  "reads statistics as they come": async (docker) => {
    let samples = 0;
    for await (const { read } of await docker.containerStats(box)) {
      assert.ok(Date.parse(read) > 0);
      if (++samples === 2) break;
    }
  },
  "copies a folder out": async (docker) => {
    await docker.copyOut(box, "/etc", folder);
    assert.ok((await readdir(join(folder, "etc"))).includes("passwd"));
    await rm(join(folder, "etc"), { recursive: true });
  },
  "builds a folder with a secret, each time": async (docker) => {
    const context = await mkdtemp(join(folder, "context-"));
    await writeFile(join(context, "a.txt"), "sent");
    for (const turn of ["one", "two", "three"]) {
      const told = `FROM ${IMAGE}\nCOPY a.txt /\nRUN --mount=type=secret,id=s test "$(cat /run/secrets/s /a.txt)" = ${turn}sent\n`;
      const { id } = await docker.build(context, {
        dockerfile: { text: told },
        secrets: { s: Buffer.from(turn) },
        noCache: true,
      });
      await docker.imageDelete(id);
    }
    await rm(context, { recursive: true });
  },
  "ends a stream by its signal": async (docker) => {
    const abort = new AbortController();
    const logs = await docker.containerLogs(box, { follow: true, stdout: true }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await assert.rejects(logs.text(), { code: "ERR_DOCKER_ABORTED" });
  },
};

async function within(name, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    await Promise.race([work, late]);
    console.log(`ok   ${name}`);
  } catch (error) {
    console.error(`FAIL ${name}:`, error);
    process.exit(1);
  } finally {
    clearTimeout(timer);
  }
}

const { DOCKER_HOST_TLS, DOCKER_HOST_TLS_FOLDER } = process.env;
const ways = {
  unix: { host: process.env.DOCKER_HOST },
  tcp: { host: `tcp://127.0.0.1:${forwarder.address().port}` },
  ...(DOCKER_HOST_TLS && { tls: { host: DOCKER_HOST_TLS, tls: { folder: DOCKER_HOST_TLS_FOLDER } } }),
};
for (const [way, options] of Object.entries(ways)) {
  console.log(`${runtime}, ${way}`);
  const docker = new Docker(options);
  const config = { Image: IMAGE, Cmd: ["sleep", "600"], HostConfig: { NetworkMode: "none" } };
  box = (await docker.containerCreate(config)).Id;
  await docker.containerStart(box);
  for (const [name, check] of Object.entries(checks)) await within(name, check(docker));
  await docker.containerDelete(box, { force: true, v: true });
  await docker.close();
}

await within(
  "answers from a mocked Engine",
  (async () => {
    const engine = mockEngine();
    engine.on("execStart").reply(101, [{ stream: "stdout", data: Buffer.from("mocked") }]);
    const docker = new Docker(engine.options);
    assert.equal((await (await docker.execStart("e")).text()).stdout, "mocked");
    engine.done();
    await docker.close();
  })(),
);

await within(
  "ends a wait for an answer by its timeout",
  (async () => {
    const silent = createServer(() => undefined);
    await new Promise((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const docker = new Docker({ host: `tcp://127.0.0.1:${silent.address().port}` });
    const { error } = await docker.systemInfo({ timeout: 100 }).result();
    assert.equal(error?.code, "ERR_DOCKER_TIMEOUT");
    await docker.close();
    silent.close();
  })(),
);

await rm(folder, { recursive: true });
forwarder.close();
