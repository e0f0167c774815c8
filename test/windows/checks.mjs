/**
 * The built package over a real Windows pipe, in Node for Windows. Needs dist/ and an Engine with busybox:local behind the
 * pipe at DOCKER_HOST. Says a line for each check, and fails if one does not hold. See run.sh.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Docker } from "../../dist/index.js";

const IMAGE = "busybox:local";
const LIMIT = { timeout: 20_000 };
const LATE = "input=$(cat); sleep 0.3; echo got $input; sleep 0.3; echo bye >&2; exit 3";

const docker = new Docker();
const box = await docker.containerCreate({ Image: IMAGE, Cmd: ["sleep", "1000"] });
await docker.containerStart(box.Id);

const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");

const checks = {
  "keeps connections": async () => {
    for (let i = 0; i < 20; i += 1) assert.equal(await docker.systemPing(), "OK");
  },
  "exec: output after the end of the input": async () => {
    const result = await docker.exec(box.Id, ["sh", "-c", LATE], { stdin: "input", ...LIMIT });
    assert.deepEqual(result, { exitCode: 3, stdout: "got input\n", stderr: "bye\n" });
  },
  "run: output after the end of the input": async () => {
    const options = { stdin: "input", remove: true, ...LIMIT };
    const { id, ...result } = await docker.run(IMAGE, ["sh", "-c", LATE], options);
    assert.deepEqual(result, { exitCode: 3, stdout: "got input\n", stderr: "bye\n" });
  },
  "exec without input, and with empty input": async () => {
    assert.equal((await docker.exec(box.Id, ["echo", "hi"], LIMIT)).stdout, "hi\n");
    assert.equal((await docker.exec(box.Id, ["wc", "-c"], { stdin: "", ...LIMIT })).stdout, "0\n");
  },
  "exec at a terminal": async () => {
    const { stdout } = await docker.exec(box.Id, ["sh", "-c", "cat; echo done"], {
      stdin: "a\n",
      tty: true,
      ...LIMIT,
    });
    assert.match(stdout, /a\r\n.*done\r\n$/s);
  },
  "an empty piece of input does not end it": async () => {
    async function* pieces() {
      yield "a";
      yield "";
      await sleep(200);
      yield "b";
    }
    assert.equal((await docker.exec(box.Id, ["cat"], { stdin: pieces(), ...LIMIT })).stdout, "ab");
  },
  "8 MiB in and out": async () => {
    const bytes = randomBytes(8 * 1024 * 1024);
    const hash = createHash("sha256");
    const stdout = new Writable({ write: (chunk, _, done) => done(void hash.update(chunk)) });
    await docker.exec(box.Id, ["cat"], { stdin: bytes, stdout, ...LIMIT });
    assert.equal(hash.digest("hex"), sha(bytes));
  },
  "output that fills the reads": async () => {
    const script = "for i in 1 2 3; do head -c 65528 /dev/zero; sleep 0.2; done";
    assert.equal((await docker.exec(box.Id, ["sh", "-c", script], LIMIT)).stdout.length, 3 * 65528);
  },
  "a slow reader": async () => {
    let received = 0;
    const stdout = new Writable({
      highWaterMark: 1,
      write: (chunk, _, done) => {
        setTimeout(done, received === 0 ? 2500 : 0);
        received += chunk.length;
      },
    });
    await docker.exec(box.Id, ["head", "-c", "3000000", "/dev/zero"], { stdout, ...LIMIT });
    assert.equal(received, 3_000_000);
  },
  "20 at once": async () => {
    const all = Array.from({ length: 20 }, (_, i) =>
      docker.exec(box.Id, ["cat"], { stdin: `${i}`, ...LIMIT }),
    );
    assert.deepEqual(
      (await Promise.all(all)).map(({ stdout }) => stdout),
      all.map((_, i) => `${i}`),
    );
  },
  "100 outputs of random sizes": async () => {
    const sizes = Array.from({ length: 100 }, () => Math.floor(Math.random() ** 3 * 1_000_000));
    const next = sizes.values();
    const work = async () => {
      for (const size of next) {
        const script = `head -c ${size} /dev/zero; sleep 0.0${size % 10}; echo end`;
        const { stdout } = await docker.exec(box.Id, ["sh", "-c", script], { timeout: 60_000 });
        assert.equal(stdout.length, size + 4);
      }
    };
    await Promise.all(Array.from({ length: 10 }, work));
  },
  "an image out and in": async () => {
    const tar = await (await docker.imageGet(IMAGE)).bytes();
    await (await docker.imageLoad({ body: tar })).done();
  },
  "attach by WebSocket": async () => {
    const { Id } = await docker.containerCreate({
      Image: IMAGE,
      Cmd: ["sh", "-c", "read x; echo got $x"],
      OpenStdin: true,
      StdinOnce: true,
    });
    const attached = await docker.containerAttachWebsocket(Id, { stream: true, stdin: true, stdout: true });
    await docker.containerStart(Id);
    attached.stdin.end("a\n");
    assert.equal((await attached.text()).stdout, "got a\n");
    await docker.containerDelete(Id, { force: true });
  },
  "a pipe that the option connect opens": async () => {
    const other = new Docker({ connect: () => connect("//./pipe/docker_engine") });
    const { stdout } = await other.exec(box.Id, ["sh", "-c", LATE], { stdin: "input", ...LIMIT });
    assert.equal(stdout, "got input\n");
    await other.close();
  },
  "a pipe that does not exist": async () => {
    await assert.rejects(new Docker({ host: "npipe:////./pipe/none" }).systemPing(), /there is no such pipe/);
  },
  "logs, followed": async () => {
    const { id } = await docker.run(IMAGE, ["echo", "hi"], LIMIT);
    const logs = await docker.containerLogs(id, { stdout: true, follow: true });
    assert.equal((await logs.text()).stdout, "hi\n");
    await docker.containerDelete(id);
  },
};

let failed = 0;
try {
  for (const [name, check] of Object.entries(checks)) {
    const began = performance.now();
    try {
      await check();
      console.log(`ok      ${name} (${Math.round(performance.now() - began)} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}: ${error.stack}`);
    }
  }
} finally {
  await docker.containerDelete(box.Id, { force: true });
  await docker.close();
}
console.log(
  `${process.version}, libuv ${process.versions.uv}: ${failed === 0 ? "all hold" : `${failed} do not hold`}`,
);
process.exitCode = failed === 0 ? 0 : 1;
