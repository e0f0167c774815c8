import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker, type DockerOptions, isDockerError } from "../../src/index.js";
import { mockEngine } from "../../src/testing/index.js";
import { planted, plantedIn } from "../helpers/planted-secrets.js";
import { withServer } from "../helpers/servers.js";

/** What a caller may do beside passing a secret: end the call, or have it be made wrongly. */
type Call = (docker: Docker, request: object) => PromiseLike<unknown>;

const auth = { username: "ada", password: planted("password"), serveraddress: "r.example" };
const tar = Buffer.from("tar");
/** For what the types do not allow. */
const wrong = (value: unknown): never => value as never;

/** Every place that a secret goes to an Engine by. */
const calls: Readonly<Record<string, Call>> = {
  "a login": (docker, request) => docker.systemAuth(auth, request),
  "X-Registry-Auth": (docker, request) =>
    docker.imagePush("app", { tag: "1", "X-Registry-Auth": auth }, request),
  "X-Registry-Auth as text": (docker, request) =>
    docker.imagePush("app", { tag: "1", "X-Registry-Auth": wrong(planted("auth")) }, request),
  "X-Registry-Config": (docker, request) =>
    docker.imageBuild({ body: tar, "X-Registry-Config": wrong({ "r.example": auth }) }, request),
  "X-Registry-Config as text": (docker, request) =>
    docker.imageBuild({ body: tar, "X-Registry-Config": wrong(planted("config")) }, request),
  buildargs: (docker, request) =>
    docker.imageBuild({ body: tar, buildargs: { TOKEN: planted("arg") } }, request),
  "buildargs as text": (docker, request) =>
    docker.imageBuild({ body: tar, buildargs: wrong(`{"TOKEN":"${planted("arg")}"}`) }, request),
  "labels of a build": (docker, request) =>
    docker.imageBuild({ body: tar, labels: { token: planted("label") } }, request),
  "the remote of a build": (docker, request) =>
    docker.imageBuild({ remote: `https://me:${planted("remote")}@git.example/a.git` }, request),
  fromSrc: (docker, request) =>
    docker.imageCreate({ fromSrc: `https://u:${planted("source")}@h.example/a.tar`, repo: "a" }, request),
  "changes of a commit": (docker, request) =>
    docker.imageCommit({ container: "a", changes: [`ENV TOKEN=${planted("change")}`] }, request),
  "a header of a call": (docker, request) =>
    docker.containerList({}, { ...request, headers: { Authorization: `Bearer ${planted("bearer")}` } }),
  "an environment": (docker, request) =>
    docker.containerCreate({ Image: "a", Env: [`TOKEN=${planted("env")}`] }, {}, request),
  "a command": (docker, request) =>
    docker.containerCreate({ Image: "a", Cmd: ["mysql", `-p${planted("command")}`] }, {}, request),
  "the environment of an exec": (docker, request) =>
    docker.containerExec("web", { Cmd: ["a"], Env: [`TOKEN=${planted("env")}`] }, request),
  "a secret of a swarm": (docker, request) =>
    docker.secretCreate({ Name: "s", Data: Buffer.from(planted("data")).toString("base64") }, request),
  "the key of a swarm": (docker, request) => docker.swarmUnlock({ UnlockKey: planted("key") }, request),
  "the token of a swarm": (docker, request) =>
    docker.swarmJoin({ JoinToken: planted("token"), RemoteAddrs: ["a"], ListenAddr: "b" }, request),
  "a login to check and store": (docker, request) =>
    docker.login("unused.test", { username: "ada", password: planted("password") }, request),
  pull: (docker, request) => docker.pull("app:1", { ...request, auth }),
  push: (docker, request) => docker.push("app:1", { ...request, auth }),
  build: (docker, request) =>
    docker.build(tar, { ...request, builder: "classic", buildArgs: { TOKEN: planted("arg") } }),
  run: (docker, request) =>
    docker.run("app:1", ["login", `-p${planted("run")}`], { ...request, env: { TOKEN: planted("env") } }),
  exec: (docker, request) =>
    docker.exec("web", ["login", `-p${planted("exec")}`], { ...request, env: { TOKEN: planted("env") } }),
};

/** Says nothing for a while, then hangs up: run() waits for the answer that tells what it has to clean up. */
const late: RequestListener = ({ socket }) => {
  const hangUp = setTimeout(() => socket.destroy(), 300);
  socket.once("close", () => clearTimeout(hangUp));
};

/** Whatever an Engine, or what stands in for one, can do to a call. */
const engines: Readonly<Record<string, RequestListener>> = {
  "refuses in JSON": (_, response) => response.writeHead(500).end('{"message":"it is refused"}'),
  "refuses with a page": (_, response) => response.writeHead(502).end("<html>bad gateway</html>"),
  "refuses the version": (_, response) =>
    response
      .writeHead(400, { "Api-Version": "1.41" })
      .end('{"message":"client version 1.48 is too new. Maximum supported API version is 1.41"}'),
  "answers what is not JSON": (_, response) => response.writeHead(200).end("{nonsense"),
  "breaks off": (request) => request.socket.destroy(),
  "breaks off in the middle": (_, response) => {
    response.writeHead(200, { "Content-Length": "100" }).write("{");
    setTimeout(() => response.destroy(), 5);
  },
  "reports a failure late": (_, response) =>
    response.writeHead(200).end('{"errorDetail":{"message":"it failed"},"error":"it failed"}\n'),
  "does not answer in time": late,
};

/** A call's failure; some kinds only fail when their stream is read. */
async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    const data = await call;
    if (data && typeof data === "object" && Symbol.asyncIterator in data) {
      for await (const _ of data as AsyncIterable<unknown>);
    }
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(Object.entries(calls))("%s", (_, call) => {
  test.each(Object.entries(engines))(
    "is not shown by the errors of an Engine that %s",
    async (what, listener) => {
      await withServer(listener, async (docker) => {
        const error = await failure(
          call(docker, { timeout: what === "does not answer in time" ? 50 : 5000 }),
        );
        if (error !== undefined) expect(isDockerError(error)).toBe(true);
        // "nonsense" is enough for calls whose data is a stream that ends, or nothing.
        else expect(["answers what is not JSON", "reports a failure late"]).toContain(what);
      });
    },
  );

  test("is not shown where no Engine is", async () => {
    await using docker = new Docker({ host: "unix:///nonexistent/engine.sock" });
    expect(isDockerError(await failure(call(docker, {})))).toBe(true);
  });

  test("is not shown when the call is aborted", async () => {
    await withServer(late, async (docker) => {
      const abort = new AbortController();
      const error = failure(call(docker, { signal: abort.signal }));
      setTimeout(() => abort.abort(), 10);
      expect(isDockerError(await error)).toBe(true);
    });
  });

  test("is not shown when something else of the call is wrong", async () => {
    await using docker = new Docker({ host: "unix:///nonexistent/engine.sock" });
    expect(isDockerError(await failure(call(docker, { timeout: -1 })))).toBe(true);
    expect(isDockerError(await failure(call(docker, { nonsense: true })))).toBe(true);
  });

  test("is not shown by a mock that does not expect it", async () => {
    const engine = mockEngine();
    await using docker = new Docker(engine.options);
    expect(isDockerError(await failure(call(docker, {})))).toBe(true);
    const told = await failure((async () => engine.done())());
    expect(plantedIn(String(told))).toBeUndefined();
  });
});

/** What can be wrong with values that hold a secret, as an option or in the environment. */
const broken: Readonly<Record<string, DockerOptions>> = {
  "a host with a login": { host: `tcp://u:${planted("host")}@h.example:2375` },
  "a host with a login and too many slashes": { host: `tcp:///u:${planted("host")}@h.example` },
  "a host with a login of an unknown scheme": { host: `gopher://u:${planted("host")}@h.example` },
  "a host over ssh with a password": { host: `ssh://u:${planted("host")}@h.example` },
  "DOCKER_HOST with a login": { env: { DOCKER_HOST: `tcp://u:${planted("host")}@h.example:1` } },
  "a header with a line break": {
    host: "tcp://h.example",
    headers: { Authorization: `Bearer ${planted("header")}\n` },
  },
  "a header with a bad name": { host: "tcp://h.example", headers: { [`${planted("name")} `]: "x" } },
  "a header that is not text": {
    host: "tcp://h.example",
    headers: { Authorization: wrong({ token: planted("header") }) },
  },
  "DOCKER_CUSTOM_HEADERS without a name": {
    env: { DOCKER_HOST: "tcp://h.example", DOCKER_CUSTOM_HEADERS: planted("header") },
  },
  "DOCKER_CUSTOM_HEADERS with an open quote": {
    env: { DOCKER_HOST: "tcp://h.example", DOCKER_CUSTOM_HEADERS: `"Authorization=${planted("header")}` },
  },
  "DOCKER_CUSTOM_HEADERS with a line break": {
    env: { DOCKER_HOST: "tcp://h.example", DOCKER_CUSTOM_HEADERS: `Authorization=${planted("header")}\n` },
  },
  "an invalid key": {
    host: "tcp://h.example",
    tls: {
      ca: "no pem",
      cert: "no pem",
      key: `-----BEGIN PRIVATE KEY-----\n${planted("key")}\n-----END PRIVATE KEY-----`,
    },
  },
  "an unknown option": wrong({ host: "tcp://h.example", password: planted("option") }),
};

test.each(Object.entries(broken))("%s is not shown", async (_, options) => {
  const error = await failure(
    (async () => {
      await using docker = new Docker({ env: {}, ...options });
      await docker.systemPing({ timeout: 200 });
    })(),
  );
  expect(isDockerError(error)).toBe(true);
});

/** Files of the CLI's folder that hold secrets and are broken. */
const files: Readonly<Record<string, string>> = {
  "that is not JSON": `{"auths":{"r.example":{"auth":"${planted("auth")}"}},`,
  "with headers that are not text": `{"HttpHeaders":{"Authorization":["${planted("header")}"]}}`,
  "with a header that has a line break": `{"HttpHeaders":{"Authorization":"${planted("header")}\\n"}}`,
};

test.each(Object.entries(files))("a config.json %s is not shown", async (_, content) => {
  const folder = await mkdtemp(join(tmpdir(), "planted-"));
  await writeFile(join(folder, "config.json"), content);
  await using docker = new Docker({ env: { DOCKER_CONFIG: folder } });
  expect(isDockerError(await failure(docker.systemPing()))).toBe(true);
  await rm(folder, { recursive: true });
});

test.each([0, 1, 2, 3])("a secret is found after %i bytes, also in base64", (before) => {
  const text = `${"x".repeat(before)}${planted("password")}`;
  for (const shown of [text, Buffer.from(text).toString("base64"), Buffer.from(text).toString("base64url")]) {
    expect(plantedIn(`the message is ${shown}`)).toContain("the message is ");
    expect(plantedIn(`the message is ${shown}`)).not.toContain("planted5ecret");
  }
  expect(plantedIn("nothing here")).toBeUndefined();
});
