/**
 * The built package as its consumers load it, by its name, in both module formats. Needs dist/. Fails at the first check that
 * does not hold.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import nock from "nock";
import { WebSocketServer } from "ws";

const require = createRequire(import.meta.url);
const { exports } = JSON.parse(readFileSync(require.resolve("docker-engine-sdk/package.json"), "utf8"));
const entries = Object.keys(exports)
  .filter((entry) => !entry.endsWith(".json"))
  .map((entry) => entry.replace(/^\./, "docker-engine-sdk"));
const apis = entries.filter((entry) => !/\/(testing|progress)$/.test(entry));
const formats = { ESM: (entry) => import(entry), CommonJS: (entry) => require(entry) };

/** Runs a program of its own, in this folder. Resolves to what it prints. */
const run = async (type, code) => {
  const options = { cwd: new URL(".", import.meta.url), timeout: 30_000 };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--input-type=${type}`, "-e", code],
    options,
  );
  return stdout;
};

/** The file and line where a function of this file fails. */
const here = (error) => error.stack.split("\n").find((line) => line.startsWith("    at "));

const checks = {
  "exports the same names in both formats, and keeps the names of classes": async () => {
    for (const entry of entries) {
      const [esm, cjs] = [await import(entry), require(entry)];
      assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort(), entry);
      for (const [name, value] of Object.entries(esm)) {
        if (typeof value === "function") assert.equal(value.name, name);
      }
    }
  },
  "has one DockerError for all API versions, and knows that of the other format": async () => {
    for (const load of Object.values(formats)) {
      const modules = await Promise.all(apis.map(load));
      assert.equal(new Set(modules.map(({ DockerError }) => DockerError)).size, 1);
    }
    const [esm, cjs] = [await import(apis[0]), require(apis[0])];
    for (const [one, other] of [
      [esm, cjs],
      [cjs, esm],
    ]) {
      const error = new one.ArgumentError("no such thing");
      assert.ok(error instanceof one.DockerError);
      assert.ok(!(error instanceof other.DockerError));
      assert.ok(other.isDockerError(error));
      assert.equal(error.name, "ArgumentError");
    }
  },
  "is answered by nock, over a socket and over TLS": async () => {
    for (const load of Object.values(formats)) {
      const { Docker } = await load(apis[0]);
      nock("http://localhost")
        .get(/\/containers\/json$/)
        .reply(200, [{ Id: "a" }]);
      nock("https://engine.example:2376")
        .get(/\/containers\/json$/)
        .reply(200, [{ Id: "b" }]);
      const local = new Docker({ host: "unix:///var/run/docker.sock" });
      const remote = new Docker({ host: "tcp://engine.example:2376", tls: { verify: true } });
      assert.equal((await local.containerList())[0].Id, "a");
      assert.equal((await remote.containerList())[0].Id, "b");
      assert.ok(nock.isDone());
      await Promise.all([local.close(), remote.close()]);
    }
  },
  "is answered by nock, however the two are imported": async () => {
    const sdk = `import { Docker } from "${apis[0]}";`;
    const mock = `import nock from "nock";`;
    const use = `
      nock.disableNetConnect();
      nock("http://localhost").get(/_ping$/).reply(200, "mocked");
      nock("https://engine.example:2376").get(/_ping$/).reply(200, "mocked");
      for (const options of [
        { host: "unix:///nonexistent/docker.sock" },
        { host: "tcp://engine.example:2376", tls: { verify: true } },
      ]) {
        const docker = new Docker(options);
        console.log(await docker.systemPing());
        await docker.close();
      }
      const docker = new Docker({ host: "unix:///nonexistent/docker.sock" });
      console.log((await docker.containerAttach("web").result()).error.cause?.code);`;
    const expected = "mocked\nmocked\nERR_NOCK_NO_MATCH\n";
    assert.equal(await run("module", mock + sdk + use), expected);
    assert.equal(await run("module", sdk + mock + use), expected);
    const required = use.replace(
      /^/,
      `const nock = require("nock"); const { Docker } = require("${apis[0]}");`,
    );
    assert.equal(await run("commonjs", `(async () => { ${required} })()`), expected);
  },
  "reaches a real socket through nock that only listens": async () => {
    const path = join(mkdtempSync(join(tmpdir(), "built-")), "engine.sock");
    const server = createServer().on("upgrade", (request, socket, first) => {
      if (request.headers.upgrade === "websocket") {
        sockets.handleUpgrade(request, socket, first, (opened) =>
          opened.on("message", (data) => {
            opened.send(data);
            opened.close(1000);
          }),
        );
        return;
      }
      const type = "application/vnd.docker.raw-stream";
      socket.write(
        `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
      );
      socket.on("data", (data) => socket.end(data));
    });
    const sockets = new WebSocketServer({ noServer: true });
    await new Promise((resolve) => server.listen(path, resolve));
    const use = `
      const fake = await startFakeEngine({ images: [{ name: "demo:latest", platforms: ["linux/amd64"] }] });
      const { connect } = process.getBuiltinModule("node:net");
      for (const options of [{ host: fake.host }, { connect: () => connect(fake.host.replace("unix://", "")) }]) {
        const docker = new Docker(options);
        console.log(await docker.systemPing(), (await docker.imageList()).length);
        await docker.close();
      }
      await fake.close();
      const other = new Docker({ host: "unix://${path}", apiVersion: "1.48" });
      for (const attach of ["containerAttach", "containerAttachWebsocket"]) {
        const attached = await other[attach]("web", { stream: true, stdin: true, stdout: true });
        attached.stdin.write("hello");
        console.log((await attached.text()).stdout);
      }
      await other.close();`;
    const imported = `import "nock"; import { Docker } from "${apis[0]}"; import { startFakeEngine } from "${apis[0]}/testing";`;
    const required = `require("nock"); const { Docker, startFakeEngine } = { ...require("${apis[0]}"), ...require("${apis[0]}/testing") };`;
    const expected = "OK 1\nOK 1\nhello\nhello\n";
    assert.equal(await run("module", imported + use), expected);
    assert.equal(await run("commonjs", `(async () => { ${required} ${use} })()`), expected);
    server.close();
    rmSync(dirname(path), { recursive: true });
  },
  "opens WebSockets and runs hooks, with packages that it loads for them": async () => {
    // Without nock in between.
    nock.restore();
    const server = createServer((_, response) => response.end("OK"));
    new WebSocketServer({ server }).on("connection", (socket) => {
      socket.send("hello");
      socket.close(1000);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    for (const load of Object.values(formats)) {
      const { Docker } = await load(apis[0]);
      const docker = new Docker({ host: `tcp://127.0.0.1:${server.address().port}`, apiVersion: "1.48" });
      const attached = await docker.containerAttachWebsocket("web", { stream: true, stdout: true });
      assert.equal((await attached.text()).stdout, "hello");
      const hooked = [];
      docker.use({ onRequest: ({ method }) => void hooked.push(method) });
      await docker.systemPing();
      assert.deepEqual(hooked, ["GET"]);
      await docker.close();
    }
    server.close();
    nock.activate();
  },
  "is answered by the mock kit, of each version": async () => {
    for (const load of Object.values(formats)) {
      for (const api of apis) {
        const { Docker } = await load(api);
        const { mockEngine } = await load(`${api}/testing`);
        const engine = mockEngine();
        engine.on("containerList").reply(200, [{ Id: "a" }]);
        const docker = new Docker(engine.options);
        assert.equal((await docker.containerList())[0].Id, "a");
        engine.done();
        await docker.close();
      }
    }
  },
  "begins the stacks of errors at the caller's line": async () => {
    for (const load of Object.values(formats)) {
      const { Docker } = await load(apis[0]);
      const docker = new Docker({ host: "unix:///nonexistent/docker.sock" });
      for (const call of [
        () => docker.containerList(),
        () => docker.pull("alpine"),
        () => docker.copyIn("web", "/etc/hostname", "/"),
        () => docker.copyOut("web", "/etc/hostname", "/tmp"),
      ]) {
        await assert.rejects(call, (error) => here(error).includes(import.meta.url));
      }
      await docker.close();
    }
  },
  "maps its code to sources that the package holds": () => {
    const folder = new URL("../../dist/", import.meta.url);
    const maps = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".map"));
    const sources = maps.flatMap((file) => {
      const map = new URL(file, folder);
      return JSON.parse(readFileSync(map, "utf8")).sources.map((source) => new URL(source, map));
    });
    assert.ok(sources.length > 0);
    const root = new URL("src/", folder).href;
    assert.deepEqual(
      sources.filter((source) => !source.href.startsWith(root) || !existsSync(source)).map(String),
      [],
    );
  },
  "prints progress, as lines where there is no terminal": async () => {
    for (const load of Object.values(formats)) {
      const { printProgress } = await load("docker-engine-sdk/progress");
      const written = [];
      const stream = new Writable({ write: (chunk, _, done) => done(void written.push(String(chunk))) });
      const print = printProgress(stream);
      print({ type: "message", status: "Status: Image is up to date", image: undefined, message: {} });
      print.end();
      assert.equal(written.join(""), "Status: Image is up to date\n");
    }
  },
  "loads what few programs need when it is first used": () => {
    const slow = ["child_process", "crypto", "http", "http2", "https", "net", "tls"];
    const list = `process.moduleLoadList.filter((name) => /^NativeModule (${slow.join("|")})$/.test(name))`;
    for (const [type, load] of [
      ["module", `await import("${apis[0]}");`],
      ["commonjs", `require("${apis[0]}");`],
    ]) {
      const loaded = (code) =>
        execFileSync(
          process.execPath,
          [`--input-type=${type}`, "-e", `${code} console.log(${list}.join());`],
          {
            encoding: "utf8",
          },
        );
      assert.equal(loaded(load), loaded(load.replace(apis[0], "node:stream")), type);
    }
    const packages = "Object.keys(require.cache).filter((file) => /node_modules/.test(file)).join()";
    const code = `require("${apis[0]}"); console.log(${packages});`;
    assert.equal(execFileSync(process.execPath, ["-e", code], { encoding: "utf8" }), "\n");
  },
};

for (const [title, check] of Object.entries(checks)) {
  await check();
  console.log(`ok  ${title}`);
}
