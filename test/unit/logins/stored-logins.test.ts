import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { thisMachine } from "../../../src/config/index.js";
import { AbortedError, ConfigError } from "../../../src/errors.js";
import { type Login, StoredLogins } from "../../../src/logins/index.js";
import { askedOf, installHelper, keeping } from "../../helpers/credential-helper.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

const HUB = "https://index.docker.io/v1/";
const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString("base64") });
const login = { username: "me", password: "a:b" };

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

/** The logins of a machine with this config.json, and with its helpers in the same folder. */
async function logins(content?: object, env: Record<string, string> = {}): Promise<StoredLogins> {
  if (content) await writeFile(join(folder, "config.json"), JSON.stringify(content));
  const path = `${folder}:${process.env.PATH}`;
  return new StoredLogins(() => ({
    options: {},
    env: { DOCKER_CONFIG: folder, PATH: path, ...env },
    ...thisMachine(),
  }));
}

const written = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, "config.json"), "utf8"));

describe("a login in config.json", () => {
  test.each<[host: string, key: string, found: boolean]>([
    ["r.example", "r.example", true],
    ["r.example", "https://r.example", true],
    ["r.example", "http://r.example/v1/", true],
    ["r.example", "r.example/v2/", true],
    ["r.example:5000", "r.example:5000", true],
    ["r.example:5000", "https://r.example:5000/v2/", true],
    ["r.example:5000", "r.example", false],
    ["r.example", "r.example:5000", false],
    ["r.example", "other.example", false],
    ["docker.io", HUB, true],
    ["index.docker.io", HUB, true],
    ["registry-1.docker.io", HUB, true],
    [HUB, HUB, true],
    ["docker.io", "docker.io", false],
    ["docker.io", "https://index.docker.io/v2/", false],
    ["r.example", HUB, false],
  ])("%s: that of %s, %p", async (host, key, found) => {
    const expected = found ? { ...login, serveraddress: key } : undefined;
    expect(await (await logins({ auths: { [key]: auth("me:a:b") } })).find(host)).toEqual(expected);
  });

  test("of the host itself goes before one with a path", async () => {
    const found = await logins({
      auths: { "https://r.example/v1/": auth("old:x"), "r.example": auth("me:a:b") },
    });
    expect(await found.find("r.example")).toEqual({ ...login, serveraddress: "r.example" });
  });

  test("that is empty does not count", async () => {
    expect(await (await logins({ auths: { "r.example": {} } })).find("r.example")).toBeUndefined();
  });

  test("is found as the file is now", async () => {
    const found = await logins({});
    expect(await found.find("r.example")).toBeUndefined();
    await logins({ auths: { "r.example": auth("me:a:b") } });
    expect(await found.find("r.example")).toEqual({ ...login, serveraddress: "r.example" });
  });

  test("is not looked for in a file that is malformed elsewhere", async () => {
    const found = await logins({ auths: { "r.example": auth("me:a:b"), "s.example": { auth: "?" } } });
    await expect(found.find("r.example")).rejects.toThrow(ConfigError);
  });
});

describe("the order", () => {
  const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { "r.example": auth("env:x"), [HUB]: auth("env:x") } });
  const all = {
    auths: { "r.example": auth("file:x"), "s.example": auth("file:x") },
    credHelpers: { "r.example": "own", [HUB]: "own", "plain.example": "" },
    credsStore: "all",
  };

  beforeEach(async () => {
    await installHelper(folder, "own", keeping({ Username: "own", Secret: "x" }));
    await installHelper(folder, "all", keeping({ Username: "all", Secret: "x" }));
  });

  test.each<[what: string, host: string, content: object, env: Record<string, string>, username?: string]>([
    ["DOCKER_AUTH_CONFIG is first", "r.example", all, { DOCKER_AUTH_CONFIG }, "env"],
    ["also for Docker Hub", "docker.io", all, { DOCKER_AUTH_CONFIG }, "env"],
    ["if it has the registry", "s.example", all, { DOCKER_AUTH_CONFIG }, "all"],
    ["then the registry's helper", "r.example", all, {}, "own"],
    ["also that of Docker Hub", "docker.io", all, {}, "own"],
    ["then the helper for all", "s.example", all, {}, "all"],
    ["also without an entry in auths", "t.example", all, {}, "all"],
    [
      "an empty helper means auths",
      "plain.example",
      { ...all, auths: { "plain.example": auth("file:x") } },
      {},
      "file",
    ],
    ["then auths", "s.example", { auths: all.auths }, {}, "file"],
    ["a helper of another registry is not asked", "s.example", { ...all, credsStore: "" }, {}, "file"],
  ])("%s", async (_, host, content, env, username) => {
    expect((await (await logins(content, env)).find(host))?.username).toBe(username);
  });

  test("a helper is asked for the address, without a newline, and never to list", async () => {
    const found = await logins(all);
    await found.find("s.example");
    await found.find("https://t.example/v2/");
    await found.find("docker.io");
    expect(await askedOf(folder, "all")).toEqual(["get s.example", "get t.example"]);
    expect(await askedOf(folder, "own")).toEqual([`get ${HUB}`]);
  });

  test("a login in auths is not used if the helper has none", async () => {
    await installHelper(folder, "all", "echo credentials not found in native keychain; exit 1");
    expect(await (await logins(all)).find("s.example")).toBeUndefined();
  });
});

test("a helper's user <token> has an identity token", async () => {
  await installHelper(folder, "x", keeping({ Username: "<token>", Secret: "t" }));
  expect(await (await logins({ credsStore: "x" })).find("r.example")).toEqual({
    identitytoken: "t",
    serveraddress: "r.example",
  });
});

test("the platform's helper is asked if nothing is configured, and may fail", async () => {
  const name = process.platform === "darwin" ? "osxkeychain" : "secretservice";
  const env = { PATH: folder };
  await installHelper(folder, name, `echo '{"Username":"me","Secret":"x"}'`);
  expect((await (await logins(undefined, env)).find("r.example"))?.username).toBe("me");
  await installHelper(folder, name, "echo 'Cannot autolaunch D-Bus' >&2; exit 1");
  expect(await (await logins(undefined, env)).find("r.example")).toBeUndefined();
});

test("the hosts that are configured are those of all places", async () => {
  const found = await logins(
    {
      auths: { "https://r.example/v1/": {}, "s.example": {} },
      credHelpers: { "t.example": "x", [HUB]: "x" },
    },
    {
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "r.example": auth("me:x"), "u.example": auth("me:x") } }),
    },
  );
  expect(found.configuredHosts()).toEqual(["r.example", "u.example", "t.example", "docker.io", "s.example"]);
});

describe("storing", () => {
  const me: Login = { ...login, serveraddress: "r.example" };
  const found = async (host = "r.example") => (await logins()).find(host);

  test("makes a file that only its owner can read", async () => {
    const env = { DOCKER_CONFIG: join(folder, "new", "folder") };
    const file = join(env.DOCKER_CONFIG, "config.json");
    expect(await (await logins(undefined, env)).store(me)).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(env.DOCKER_CONFIG)).mode & 0o777).toBe(0o700);
    expect(await readFile(file, "utf8")).toBe(
      `{\n\t"auths": {\n\t\t"r.example": {\n\t\t\t"auth": "${auth("me:a:b").auth}"\n\t\t}\n\t}\n}`,
    );
  });

  test("keeps what else is in the file, and leaves nothing beside it", async () => {
    const content = {
      currentContext: "x",
      auths: { "s.example": auth("s:x") },
      nonsense: { deep: [1, null] },
    };
    const store = await logins(content);
    await chmod(join(folder, "config.json"), 0o644);
    await store.store(me);
    expect(await written()).toEqual({ ...content, auths: { ...content.auths, "r.example": auth("me:a:b") } });
    expect((await stat(join(folder, "config.json"))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["config.json"]);
    expect(await found()).toEqual(me);
  });

  test("writes through a link", async () => {
    await mkdir(join(folder, "real"));
    await symlink("real/config.json", join(folder, "config.json"));
    const store = await logins();
    await store.store(me);
    await store.store({ ...me, serveraddress: HUB });
    expect((await lstat(join(folder, "config.json"))).isSymbolicLink()).toBe(true);
    expect(Object.keys((await written()).auths as object)).toEqual(["r.example", HUB]);
    expect(await readdir(join(folder, "real"))).toEqual(["config.json"]);
  });

  test("stores an identity token", async () => {
    const token = { username: "me", identitytoken: "t", serveraddress: "r.example" };
    await (await logins({})).store(token);
    expect(await written()).toEqual({ auths: { "r.example": { ...auth("me:"), identitytoken: "t" } } });
    expect(await found()).toEqual(token);
  });

  test("loses none of several at once", async () => {
    const [one, two] = [await logins(), await logins()];
    const hosts = Array.from({ length: 20 }, (_, i) => `r${i}.example`);
    await Promise.all(hosts.map((serveraddress, i) => (i % 2 ? one : two).store({ ...me, serveraddress })));
    expect(Object.keys((await written()).auths as object).sort()).toEqual([...hosts].sort());
  });

  test("leaves the file as it was if it cannot be written", async () => {
    const store = await logins(undefined, { DOCKER_CONFIG: join(folder, "file", "folder") });
    await writeFile(join(folder, "file"), "");
    await expect(store.store(me)).rejects.toThrow(
      `${join(folder, "file", "folder", "config.json")} cannot be written`,
    );
  });

  test("gives a helper the login, and notes in the file only that there is one", async () => {
    await installHelper(folder, "x", keeping({ Username: "me", Secret: "a:b" }));
    const store = await logins({ credsStore: "x", auths: { "r.example": auth("old:x") } });
    expect(await store.store(me)).toBe("docker-credential-x");
    await store.store({ identitytoken: "t", serveraddress: HUB });
    expect(await askedOf(folder, "x")).toEqual([
      'store {"ServerURL":"r.example","Username":"me","Secret":"a:b"}~',
      `store {"ServerURL":"${HUB}","Username":"<token>","Secret":"t"}~`,
    ]);
    expect(await written()).toEqual({ credsStore: "x", auths: { "r.example": {}, [HUB]: {} } });
  });

  test("remembers the platform's helper once it has a login", async () => {
    const name = process.platform === "darwin" ? "osxkeychain" : "secretservice";
    await installHelper(folder, name, "exit 0");
    await (await logins(undefined, { PATH: folder })).store(me);
    expect(await written()).toEqual({ auths: { "r.example": {} }, credsStore: name });
  });

  test("does not write the file if the helper fails", async () => {
    await installHelper(folder, "x", "echo the store is locked; exit 1");
    const store = await logins({ credsStore: "x" });
    await expect(store.store(me)).rejects.toThrow(
      "docker-credential-x store failed with exit code 1: the store is locked",
    );
    expect(await written()).toEqual({ credsStore: "x" });
  });

  test("is refused where it would have no effect", async () => {
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { "r.example": auth("env:x") } });
    const store = await logins({}, { DOCKER_AUTH_CONFIG });
    await expect(store.store(me)).rejects.toThrow('DOCKER_AUTH_CONFIG has a login for "r.example"');
    await expect(store.erase("r.example")).rejects.toThrow(ConfigError);
    await store.store({ ...me, serveraddress: "s.example" });
    expect(await written()).toEqual({ auths: { "s.example": auth("me:a:b") } });
  });
});

describe("erasing", () => {
  test("removes every entry of the host", async () => {
    const others = { "r.example:5000": auth("a:b"), [HUB]: auth("a:b") };
    const store = await logins({
      auths: { "https://r.example/v1/": auth("a:b"), ...others, "r.example": auth("a:b") },
      psFormat: "x",
    });
    await store.erase("r.example");
    expect(await written()).toEqual({ auths: others, psFormat: "x" });
    await store.erase("docker.io");
    expect(await written()).toEqual({ auths: { "r.example:5000": auth("a:b") }, psFormat: "x" });
  });

  test("of what is not there changes nothing", async () => {
    const store = await logins();
    await store.erase("r.example");
    expect(await readdir(folder)).toEqual([]);
  });

  test("asks the helper too, which need not have it", async () => {
    await installHelper(folder, "x", keeping({ Username: "", Secret: "" }));
    const store = await logins({ credsStore: "x", auths: { "r.example": {}, "https://r.example": {} } });
    await store.erase("r.example");
    expect(await askedOf(folder, "x")).toEqual(["erase r.example", "erase https://r.example"]);
    expect(await written()).toEqual({ credsStore: "x", auths: {} });
    await installHelper(folder, "x", "echo credentials not found in native keychain; exit 1");
    await store.erase("r.example");
  });

  test("keeps the entry if the helper fails", async () => {
    await installHelper(folder, "x", "echo the store is locked; exit 1");
    const content = { credsStore: "x", auths: { "r.example": {} } };
    await expect((await logins(content)).erase("r.example")).rejects.toThrow(
      "docker-credential-x erase failed",
    );
    expect(await written()).toEqual(content);
  });
});

test("an aborted lookup is an AbortedError", async () => {
  await installHelper(folder, "x", "exec sleep 60");
  const found = (await logins({ credsStore: "x" })).find("r.example", AbortSignal.timeout(50));
  await expect(found).rejects.toThrow(AbortedError);
});
