import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AbortedError,
  ArgumentError,
  ConfigError,
  Docker,
  isEngineError,
  TimeoutError,
} from "../../../../src/index.js";
import { type MockEngine, mockEngine } from "../../../../src/testing/index.js";
import { askedOf, installHelper, keeping } from "../../../helpers/credential-helper.js";
import { planted } from "../../../helpers/planted-secrets.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";

const HUB = "https://index.docker.io/v1/";
const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString("base64") });
const password = planted("password");
const stored = { username: "me", password, serveraddress: "r.example" };
const notFound = { message: "No such image: r.example/app" };

let folder: string;
let engine: MockEngine;
let docker: Docker;
useTemporaryFolder((path) => {
  folder = path;
  engine = mockEngine();
  docker = client();
});
afterEach(async () => {
  engine.close();
  await docker.close();
});

const client = (options: object = {}): Docker =>
  new Docker({
    ...engine.options,
    env: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` },
    ...options,
  });

const configure = (content: object): Promise<void> =>
  writeFile(join(folder, "config.json"), JSON.stringify(content));

/** The login that the Engine got with the last call of an operation; undefined if there was no such header. */
function sent(operation: string): unknown {
  const call = engine.calls.findLast((each) => each.operation === operation);
  const header = call?.headers["x-registry-auth"];
  return header === undefined ? undefined : JSON.parse(Buffer.from(header, "base64url").toString());
}

/** Everything that contacts a registry on its own. */
const workflows: Readonly<
  Record<
    string,
    { operation: string; none: unknown; call: (docker: Docker, options: object) => Promise<unknown> }
  >
> = {
  pull: {
    operation: "imageCreate",
    none: undefined,
    call: (client, options) => {
      engine.on("imageCreate").reply(200, []);
      return client.pull("r.example/app", options);
    },
  },
  push: {
    operation: "imagePush",
    none: {},
    call: (client, options) => {
      engine.on("imagePush").reply(200, []);
      return client.push("r.example/app", options);
    },
  },
  run: {
    operation: "imageCreate",
    none: undefined,
    call: async (client, options) => {
      engine.on("containerCreate").reply(404, notFound);
      engine.on("imageInspect").reply(404, notFound);
      engine.on("imageCreate").reply(200, []);
      engine.on("containerCreate").reply(404, notFound);
      const error = await client.run("r.example/app", [], options).catch((caught: unknown) => caught);
      if (!isEngineError(error, 404)) throw error;
    },
  },
};

describe.each(Object.entries(workflows))("%s", (_, { operation, none, call }) => {
  test("sends the login of the image's registry", async () => {
    await configure({ auths: { "https://r.example/v1/": auth(`me:${password}`), [HUB]: auth("hub:x") } });
    await call(docker, {});
    expect(sent(operation)).toEqual({ ...stored, serveraddress: "https://r.example/v1/" });
  });

  test("sends no login without one", async () => {
    await configure({ auths: { [HUB]: auth("hub:x") } });
    await call(docker, {});
    expect(sent(operation)).toEqual(none);
  });

  test("sends the option auth, whatever is configured", async () => {
    await configure({ credsStore: "missing" });
    await call(docker, { auth: { username: "other", password } });
    expect(sent(operation)).toEqual({ username: "other", password, serveraddress: "r.example" });
    await call(docker, { auth: { identitytoken: password, serveraddress: "other.example" } });
    expect(sent(operation)).toEqual({ identitytoken: password, serveraddress: "other.example" });
  });

  test("sends none with auth: false", async () => {
    await configure({ credsStore: "missing" });
    await call(docker, { auth: false });
    expect(sent(operation)).toEqual(none);
  });

  test("sends what the option credentials returns", async () => {
    await configure({ credsStore: "missing" });
    const credentials = jest.fn(() => ({ username: "me", password }));
    await using other = client({ credentials });
    await call(other, {});
    expect(sent(operation)).toEqual(stored);
    expect(credentials.mock.calls).toEqual([["r.example"]]);
  });

  test("sends nothing at all if the login cannot be found", async () => {
    await configure({ credsStore: "missing" });
    await expect(call(docker, {})).rejects.toThrow("docker-credential-missing get is not installed");
    expect(sent(operation)).toBeUndefined();
  });

  test("stops waiting for the login at the timeout", async () => {
    await installHelper(folder, "hangs", "exec sleep 60");
    await configure({ credsStore: "hangs" });
    await expect(call(docker, { timeout: 50 })).rejects.toThrow(TimeoutError);
  });

  test.each([true, "secret", { user: "me" }])("refuses %j as auth", async (wrong) => {
    await expect(call(docker, { auth: wrong })).rejects.toThrow(ArgumentError);
  });
});

test("an image of Docker Hub gets the login of the Hub", async () => {
  await configure({ auths: { [HUB]: auth(`me:${password}`), "docker.io": auth("x:x") } });
  for (const image of ["alpine", "docker.io/library/alpine", "index.docker.io/library/alpine"]) {
    engine.on("imageCreate").reply(200, []);
    await docker.pull(image);
    expect(sent("imageCreate")).toEqual({ ...stored, serveraddress: HUB });
  }
});

test("low-level operations send only what they are told", async () => {
  await configure({ auths: { "r.example": auth(`me:${password}`) } });
  engine.on("imageCreate").reply(200, []);
  await (await docker.imageCreate({ fromImage: "r.example/app", tag: "1" })).done();
  expect(sent("imageCreate")).toBeUndefined();
  engine.on("imagePush").reply(200, []);
  await (await docker.imagePush("r.example/app", { tag: "1", "X-Registry-Auth": {} })).done();
  expect(sent("imagePush")).toEqual({});
});

describe("distributionInspect", () => {
  const Descriptor = { mediaType: "x", digest: "sha256:1", size: 1 };
  const answer = (): MockEngine => engine.on("distributionInspect").reply(200, { Descriptor });
  const operation = "distributionInspect";

  test("sends the login of the image's registry", async () => {
    await configure({ auths: { "r.example": auth(`me:${password}`) } });
    answer();
    expect(await docker.distributionInspect("r.example/app:1")).toMatchObject({ Descriptor });
    expect(sent(operation)).toEqual(stored);
    answer();
    expect(await docker.distributionInspect("r.example/app:1", {}).result()).toMatchObject({ ok: true });
    expect(sent(operation)).toEqual(stored);
  });

  test("sends a given one, or none, instead", async () => {
    await configure({ credsStore: "missing" });
    answer();
    await docker.distributionInspect("r.example/app", { "X-Registry-Auth": { username: "a", password } });
    expect(sent(operation)).toEqual({ username: "a", password });
    answer();
    await docker.distributionInspect("r.example/app", { "X-Registry-Auth": {} });
    expect(sent(operation)).toEqual({});
    await configure({});
    answer();
    await docker.distributionInspect("r.example/app");
    expect(sent(operation)).toBeUndefined();
  });

  test("fails as a result if the login cannot be found", async () => {
    await configure({ credsStore: "missing" });
    const result = await docker.distributionInspect("r.example/app").result();
    expect(result.ok).toBe(false);
    expect(!result.ok && result.error).toBeInstanceOf(ConfigError);
    expect(engine.calls).toEqual([]);
  });

  test("obeys the limits while it looks for the login", async () => {
    await installHelper(folder, "hangs", "exec sleep 60");
    await configure({ credsStore: "hangs" });
    await expect(docker.distributionInspect("r.example/app", {}, { timeout: 50 })).rejects.toThrow(
      TimeoutError,
    );
    const signal = AbortSignal.timeout(50);
    await expect(docker.distributionInspect("r.example/app", {}, { signal })).rejects.toThrow(AbortedError);
    await using limited = client({ timeout: 50 });
    await expect(limited.distributionInspect("r.example/app")).rejects.toThrow(TimeoutError);
    expect(engine.calls).toEqual([]);
  });

  test("checks its arguments first", async () => {
    await configure({ credsStore: "missing" });
    await expect(docker.distributionInspect("")).rejects.toThrow(ArgumentError);
    await expect(docker.distributionInspect("a", { nonsense: 1 } as object)).rejects.toThrow(ArgumentError);
  });
});

describe("login", () => {
  const login = { username: "me", password };
  const accept = (IdentityToken = ""): MockEngine =>
    engine.on("systemAuth").reply(200, { Status: "Login Succeeded", IdentityToken });
  const written = async (): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
  const checked = (): unknown => engine.calls.find(({ operation }) => operation === "systemAuth")?.body;

  test("is checked with the Engine and stored, and pulls use it", async () => {
    accept();
    expect(await docker.login("r.example", login)).toEqual({
      status: "Login Succeeded",
      storedIn: join(folder, "config.json"),
    });
    expect(checked()).toEqual(stored);
    expect(await written()).toEqual({ auths: { "r.example": auth(`me:${password}`) } });
    engine.on("imageCreate").reply(200, []);
    await docker.pull("r.example/app");
    expect(sent("imageCreate")).toEqual(stored);
    await docker.logout("r.example");
    expect(await written()).toEqual({ auths: {} });
  });

  test.each([undefined, "docker.io", "index.docker.io", HUB])("for %s is Docker Hub's", async (host) => {
    accept();
    await docker.login(host, login);
    expect(checked()).toEqual({ ...stored, serveraddress: HUB });
    expect(await written()).toEqual({ auths: { [HUB]: auth(`me:${password}`) } });
    await docker.logout(host);
    expect(await written()).toEqual({ auths: {} });
  });

  test("is stored by a helper", async () => {
    await installHelper(folder, "x", keeping({ Username: "me", Secret: "x" }));
    await configure({ credHelpers: { "r.example": "x" } });
    accept();
    expect((await docker.login("https://r.example/v2/", login)).storedIn).toBe("docker-credential-x");
    await docker.logout("r.example");
    expect(await askedOf(folder, "x")).toEqual([
      `store {"ServerURL":"r.example","Username":"me","Secret":"${password}"}~`,
      "erase r.example",
    ]);
  });

  test("a registry's token is stored instead of the password", async () => {
    accept("token");
    await docker.login("r.example", login);
    expect(await written()).toEqual({ auths: { "r.example": { ...auth("me:"), identitytoken: "token" } } });
  });

  test("may be an identity token", async () => {
    engine.on("systemAuth").reply(204);
    const { status } = await docker.login("r.example", { identitytoken: password });
    expect(status).toBe("Login Succeeded");
    expect(checked()).toEqual({ identitytoken: password, serveraddress: "r.example" });
    expect(await written()).toEqual({ auths: { "r.example": { identitytoken: password } } });
  });

  test("that is refused is not stored", async () => {
    engine.on("systemAuth").reply(401, { message: "unauthorized: incorrect username or password" });
    const refused = docker.login("r.example", login);
    await expect(refused).rejects.toThrow("unauthorized");
    await expect(written()).rejects.toThrow("ENOENT");
  });

  test.each([
    {
      status: 500,
      said: "login attempt to https://r.example:5000/v2/ failed with status: 401 Unauthorized",
      says: "login: r.example:5000 refused the username or password: login attempt to",
    },
    {
      status: 401,
      said: "no",
      says: "login: r.example:5000 refused the username or password: no",
    },
    {
      status: 500,
      said: "dial tcp: lookup r.example: no such host",
      says: "login: the Engine could not log in to r.example:5000: dial tcp: lookup r.example: no such host",
    },
  ])("fails with what the Engine said, $status $said", async ({ status, said, says }) => {
    engine.on("systemAuth").reply(status as 500, { message: said });
    const error = await docker.login("r.example:5000", login).catch((caught: unknown) => caught);
    expect(isEngineError(error, status)).toBe(true);
    expect((error as Error).message.slice(0, says.length)).toBe(says);
    expect(error).toMatchObject({ operation: "SystemAuth", body: { message: said } });
  });

  test("can be limited", async () => {
    await installHelper(folder, "x", "exec sleep 60");
    await configure({ credsStore: "x" });
    accept();
    await expect(docker.login("r.example", login, { timeout: 200 })).rejects.toThrow(TimeoutError);
    await expect(docker.logout("r.example", { timeout: 50 })).rejects.toThrow(TimeoutError);
    await expect(docker.logout("r.example", { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });

  test("has no effect with the option credentials", async () => {
    await using other = client({ credentials: () => undefined });
    accept();
    await expect(other.login("r.example", login)).rejects.toThrow(
      "The option credentials replaces stored logins",
    );
    await expect(other.logout()).rejects.toThrow(ConfigError);
  });

  const wrong = (value: unknown): never => value as never;
  test.each<[what: string, call: () => Promise<unknown>, says: string]>([
    [
      "no credentials",
      () => docker.login("r.example", wrong(undefined)),
      "login: pass a username and a password, or an identitytoken",
    ],
    ["text", () => docker.login("r.example", wrong(password)), "login: the options must be an object"],
    [
      "only a username",
      () => docker.login("r.example", { username: "me" }),
      "login: pass a username and a password",
    ],
    [
      "both forms",
      () => docker.login("r.example", { ...login, identitytoken: "x" }),
      "either a password or an identitytoken",
    ],
    [
      "a colon in the username",
      () => docker.login("r.example", { username: `me:${password}`, password: "x" }),
      "a username cannot contain a colon",
    ],
    [
      "a number",
      () => docker.login("r.example", { ...login, password: wrong(5) }),
      "the option password must be a string, not a number",
    ],
    [
      "another client's name",
      () => docker.login("r.example", wrong({ identityToken: "x" })),
      "the option identityToken is unknown; write identitytoken instead",
    ],
    [
      "an address in the login",
      () => docker.login("r.example", wrong({ ...login, serveraddress: "r" })),
      "the option serveraddress is unknown; pass the registry as the first argument",
    ],
    [
      "credentials as the host",
      () => docker.login(wrong(login), login),
      "login: the registry must be a host such as",
    ],
    [
      "an address with a login",
      () => docker.login(`https://me:${password}@r.example`, login),
      'not "https://***@r.example"',
    ],
    [
      "an empty host",
      () => docker.logout(""),
      'logout: the registry must be a host such as "registry.example:5000", not ""',
    ],
    [
      "an option",
      () => docker.logout("r.example", wrong({ force: true })),
      "logout: the option force is unknown",
    ],
    [
      "a timeout of 0",
      () => docker.login("r.example", login, { timeout: 0 }),
      "login: the option timeout must be",
    ],
  ])("%s is refused", async (_, call, says) => {
    await expect(call()).rejects.toThrow(ArgumentError);
    await expect(call()).rejects.toThrow(says);
    expect(engine.calls).toEqual([]);
  });
});
