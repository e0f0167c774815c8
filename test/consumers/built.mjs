/**
 * The built package as its consumers load it, by its name, in both module formats. Needs dist/. Fails at the first check that
 * does not hold.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import nock from "nock";

const require = createRequire(import.meta.url);
const { exports } = JSON.parse(readFileSync(require.resolve("docker-engine-sdk/package.json"), "utf8"));
const entries = Object.keys(exports)
  .filter((entry) => !entry.endsWith(".json"))
  .map((entry) => entry.replace(/^\./, "docker-engine-sdk"));
const apis = entries.filter((entry) => !entry.endsWith("/testing"));
const formats = { ESM: (entry) => import(entry), CommonJS: (entry) => require(entry) };

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
    const root = new URL("../../src/", import.meta.url).href;
    assert.deepEqual(
      sources.filter((source) => !source.href.startsWith(root) || !existsSync(source)).map(String),
      [],
    );
  },
  "loads what few programs need when it is first used": () => {
    const slow = ["child_process", "crypto", "https", "tls"];
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
      assert.equal(loaded(load), loaded(""), type);
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
