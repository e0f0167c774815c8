import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthConfig, ConfigError, Docker } from "../../src/index.js";
import { askedOf, installHelper, keeping } from "../helpers/credential-helper.js";
import { fromEnvironment } from "./engine.js";
import { type Recorded, type RecordingEngine, recordingEngine } from "./recording-engine.js";

const HUB = "https://index.docker.io/v1/";
const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString("base64") });
const inEnvironment = (auths: object): Record<string, string> => ({
  DOCKER_AUTH_CONFIG: JSON.stringify({ auths }),
});

const newest = fromEnvironment(
  "DOCKER_CLI",
  "the comparison with a docker CLI that knows DOCKER_AUTH_CONFIG",
);
/** The CLIs to compare with: Debian's newest, and that of the PATH, which may be as old as 20.10. */
const clis = [...(newest ? [newest] : []), "docker"];

let engine: RecordingEngine;
/** Has config.json and the helpers. */
let folder: string;

beforeEach(async () => {
  engine = await recordingEngine();
  folder = await mkdtemp(join(tmpdir(), "sdk-logins-"));
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  PATH: `${folder}:${process.env.PATH}`,
  HOME: folder,
  DOCKER_CONFIG: folder,
  ...more,
});

const configure = (content: object): Promise<void> =>
  writeFile(join(folder, "config.json"), JSON.stringify(content));

const configured = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, "config.json"), "utf8"));

/** Runs a docker CLI on the recording Engine; resolves whether or not it succeeds. */
function runCli(program: string, args: string[], env: Record<string, string>, input = ""): Promise<void> {
  return new Promise((resolve) => {
    const cli = execFile(program, ["-H", engine.host, ...args], { env }, () => resolve());
    cli.stdin?.on("error", () => undefined).end(input);
  });
}

async function withSdk<T>(env: Record<string, string>, use: (docker: Docker) => Promise<T>): Promise<T> {
  await using docker = new Docker({ host: engine.host, env });
  return await use(docker);
}

/** The login of the only request. */
function login(): Recorded["auth"] {
  const requests = engine.take();
  expect(requests).toHaveLength(1);
  return requests[0]?.auth;
}

interface Row {
  readonly what: string;
  readonly image?: string;
  readonly config?: object;
  readonly env?: Record<string, string>;
  /** Users that helpers have, by the helpers' names; an empty one has no login. */
  readonly helpers?: Readonly<Record<string, string>>;
  /** The user or token that is sent; undefined if none is. */
  readonly sends: string | undefined;
}

const rows: readonly Row[] = [
  { what: "nothing", sends: undefined },
  { what: "an entry for the host", config: { auths: { "r.test": auth("me:x") } }, sends: "me" },
  { what: "an entry with a scheme", config: { auths: { "https://r.test": auth("me:x") } }, sends: "me" },
  { what: "an entry with a path", config: { auths: { "https://r.test/v1/": auth("me:x") } }, sends: "me" },
  { what: "an entry with plain http", config: { auths: { "http://r.test/": auth("me:x") } }, sends: "me" },
  {
    what: "entries with and without a path",
    config: { auths: { "https://r.test/v1/": auth("old:x"), "r.test": auth("me:x") } },
    sends: "me",
  },
  { what: "an entry of another port", config: { auths: { "r.test:5000": auth("me:x") } }, sends: undefined },
  {
    what: "an entry of the port",
    image: "r.test:5000/app:1",
    config: { auths: { "https://r.test:5000/v2/": auth("me:x") } },
    sends: "me",
  },
  { what: "a password with colons", config: { auths: { "r.test": auth("me:a:b:c") } }, sends: "me" },
  { what: "a password that is not ASCII", config: { auths: { "r.test": auth("me:ž?>~") } }, sends: "me" },
  {
    what: "an identity token",
    config: { auths: { "r.test": { ...auth("me:"), identitytoken: "t" } } },
    sends: "me",
  },
  { what: "a registry token", config: { auths: { "r.test": { registrytoken: "t" } } }, sends: "t" },
  {
    what: "user and password by name",
    config: { auths: { "r.test": { username: "me", password: "x" } } },
    sends: "me",
  },
  { what: "an empty entry", config: { auths: { "r.test": {} } }, sends: undefined },
  { what: "Docker Hub", image: "app:1", config: { auths: { [HUB]: auth("hub:x") } }, sends: "hub" },
  {
    what: "Docker Hub by name",
    image: "docker.io/team/app:1",
    config: { auths: { [HUB]: auth("hub:x") } },
    sends: "hub",
  },
  {
    what: "Docker Hub by its index",
    image: "index.docker.io/team/app:1",
    config: { auths: { [HUB]: auth("hub:x") } },
    sends: "hub",
  },
  {
    what: "an entry docker.io",
    image: "app:1",
    config: { auths: { "docker.io": auth("me:x") } },
    sends: undefined,
  },
  {
    what: "an entry of the Hub's host",
    image: "app:1",
    config: { auths: { "index.docker.io": auth("me:x") } },
    sends: undefined,
  },
  {
    what: "localhost",
    image: "localhost/app:1",
    config: { auths: { localhost: auth("me:x") } },
    sends: "me",
  },
  { what: "credsStore", config: { credsStore: "all" }, helpers: { all: "all" }, sends: "all" },
  {
    what: "credsStore and an empty entry",
    config: { credsStore: "all", auths: { "r.test": {} } },
    helpers: { all: "all" },
    sends: "all",
  },
  {
    what: "credsStore without a login, but an entry with one",
    config: { credsStore: "all", auths: { "r.test": auth("me:x") } },
    helpers: { all: "" },
    sends: undefined,
  },
  {
    what: "credsStore for Docker Hub",
    image: "app:1",
    config: { credsStore: "all" },
    helpers: { all: "all" },
    sends: "all",
  },
  {
    what: "a helper with a token",
    config: { credsStore: "all" },
    helpers: { all: "<token>" },
    sends: "secret",
  },
  {
    what: "credHelpers before credsStore",
    config: { credsStore: "all", credHelpers: { "r.test": "own" } },
    helpers: { all: "all", own: "own" },
    sends: "own",
  },
  {
    what: "credHelpers of another host",
    config: { credsStore: "all", credHelpers: { "s.test": "own" } },
    helpers: { all: "all", own: "own" },
    sends: "all",
  },
  {
    what: "credHelpers with a scheme",
    config: { credHelpers: { "https://r.test": "own" }, auths: { "r.test": auth("me:x") } },
    helpers: { own: "own" },
    sends: "me",
  },
  {
    what: "an empty name in credHelpers",
    config: { credsStore: "all", credHelpers: { "r.test": "" }, auths: { "r.test": auth("me:x") } },
    helpers: { all: "all" },
    sends: "me",
  },
  {
    what: "credHelpers of Docker Hub",
    image: "app:1",
    config: { credHelpers: { [HUB]: "own", "docker.io": "all" } },
    helpers: { all: "all", own: "own" },
    sends: "own",
  },
  { what: "the platform's helper", helpers: { secretservice: "found" }, sends: "found" },
  {
    what: "the platform's helper and an entry of another host",
    config: { auths: { "s.test": auth("me:x") } },
    helpers: { secretservice: "found" },
    sends: undefined,
  },
];

const environmentRows: readonly Row[] = [
  { what: "DOCKER_AUTH_CONFIG", env: inEnvironment({ "r.test": auth("env:a:b") }), sends: "env" },
  {
    what: "DOCKER_AUTH_CONFIG before all else",
    env: inEnvironment({ "r.test": auth("env:x") }),
    config: { credsStore: "all", credHelpers: { "r.test": "own" }, auths: { "r.test": auth("me:x") } },
    helpers: { all: "all", own: "own" },
    sends: "env",
  },
  {
    what: "DOCKER_AUTH_CONFIG of another host",
    env: inEnvironment({ "s.test": auth("env:x") }),
    config: { auths: { "r.test": auth("me:x") } },
    sends: "me",
  },
  {
    what: "DOCKER_AUTH_CONFIG with a scheme",
    env: inEnvironment({ "https://r.test": auth("env:x") }),
    config: { auths: { "r.test": auth("me:x") } },
    sends: "me",
  },
  {
    what: "DOCKER_AUTH_CONFIG for Docker Hub",
    image: "app:1",
    env: inEnvironment({ [HUB]: auth("env:x") }),
    sends: "env",
  },
  {
    what: "DOCKER_AUTH_CONFIG for docker.io",
    image: "app:1",
    env: inEnvironment({ "docker.io": auth("env:x") }),
    sends: undefined,
  },
  {
    what: "an empty DOCKER_AUTH_CONFIG",
    env: { DOCKER_AUTH_CONFIG: "" },
    config: { auths: { "r.test": auth("me:x") } },
    sends: "me",
  },
];

async function prepare({ config, env, helpers = {} }: Row): Promise<Record<string, string>> {
  if (config) await configure(config);
  for (const [name, Username] of Object.entries(helpers)) {
    const script = keeping({ Username, Secret: "secret" });
    await installHelper(
      folder,
      name,
      Username === "" ? "echo credentials not found in native keychain; exit 1" : script,
    );
  }
  return environment(env);
}

describe.each(["pull", "push"] as const)("the login of a %s is the docker CLI's", (action) => {
  const compare = async (row: Row, programs: readonly string[]): Promise<void> => {
    const { image = "r.test/team/app:1" } = row;
    const env = await prepare(row);
    await withSdk(env, async (docker) => void (await docker[action](image)));
    const ours = login();
    const sent: AuthConfig = ours ?? {};
    expect(sent.username ?? sent.identitytoken ?? sent.registrytoken).toBe(row.sends);
    for (const program of programs) {
      await runCli(program, [action, image], env);
      const theirs = login();
      // CLI 20.10 leaves out the address of a login that a helper has.
      const address = program === newest ? {} : { serveraddress: sent.serveraddress };
      expect([program, theirs && { ...address, ...theirs }]).toEqual([program, ours]);
    }
  };

  test.each(rows)("with $what", (row) => compare(row, clis));
  if (newest) test.each(environmentRows)("with $what", (row) => compare(row, [newest]));
});

test("what makes the CLI go on without a login is an error that says why", async () => {
  await configure({ credsStore: "broken" });
  await installHelper(folder, "broken", "echo the store is locked; exit 1");
  await runCli("docker", ["pull", "r.test/app:1"], environment());
  expect(login()).toBeUndefined();
  await withSdk(environment(), (docker) =>
    expect(docker.pull("r.test/app:1")).rejects.toThrow(
      "docker-credential-broken get failed with exit code 1: the store is locked",
    ),
  );
  await writeFile(join(folder, "config.json"), '{"auths":{"r.test":{"auth":"?"}}}');
  await withSdk(environment(), (docker) => expect(docker.pull("r.test/app:1")).rejects.toThrow(ConfigError));
  expect(engine.take()).toEqual([]);
});

/** What a login or logout did: to the Engine, to config.json, and to helpers. */
async function effects(act: () => Promise<unknown>): Promise<object> {
  await act();
  const logs = (await readdir(folder)).filter((name) => name.endsWith(".log"));
  const asked = Object.fromEntries(
    await Promise.all(
      logs.map(async (log) => {
        const name = log.replace(/^docker-credential-(.*)\.log$/, "$1");
        const all = await askedOf(folder, name);
        await rm(join(folder, log));
        // The CLI may look first whether it knows a user.
        return [name, all.filter((line) => !line.startsWith("get ")).map(plain)] as const;
      }),
    ),
  );
  const bodies = engine.take().map(({ path, body }) => [path, body]);
  return { bodies, asked, config: await configured().catch(() => undefined) };
}

/** Go escapes more of JSON than is needed. */
const plain = (line: string): string => line.replace(/\{.*\}/, (json) => JSON.stringify(JSON.parse(json)));

describe("docker.login and docker.logout do what the CLI's do", () => {
  const me = { username: "me", password: "a:b?>" };
  const kept = { psFormat: "x", auths: { "s.test": auth("s:x") } };

  test.each<
    [what: string, host: string | undefined, config: object | undefined, token: string, helpers: string[]]
  >([
    ["without a file", "r.test", undefined, "", []],
    ["with other settings", "r.test:5000", kept, "", []],
    ["with an older login", "r.test", { auths: { "r.test": auth("old:x") } }, "", []],
    ["on Docker Hub", undefined, kept, "", []],
    ["on docker.io", "docker.io", kept, "", []],
    ["with a registry that gives a token", "r.test", kept, "token", []],
    ["with credsStore", "r.test", { ...kept, credsStore: "all" }, "", ["all"]],
    ["with credsStore and a token", "r.test", { credsStore: "all" }, "token", ["all"]],
    [
      "with credHelpers",
      "r.test",
      { credHelpers: { "r.test": "own" }, credsStore: "all" },
      "",
      ["all", "own"],
    ],
    ["with the platform's helper", "r.test", undefined, "", ["secretservice"]],
  ])("%s", async (_, host, config, token, helpers) => {
    engine.identityToken = token;
    const start = async (): Promise<void> => {
      await rm(join(folder, "config.json"), { force: true });
      if (config) await configure(config);
    };
    for (const name of helpers) await installHelper(folder, name, keeping({ Username: "me", Secret: "x" }));
    const [cli = "docker"] = clis;
    const named = host === undefined ? [] : [host];
    const env = environment();

    await start();
    const loggedIn = await effects(() =>
      runCli(cli, ["login", "-u", me.username, "--password-stdin", ...named], env, me.password),
    );
    const out = host === "docker.io" ? [] : named;
    const loggedOut = await effects(() => runCli(cli, ["logout", ...out], env));

    await start();
    expect(await effects(() => withSdk(env, (docker) => docker.login(host, me)))).toEqual(loggedIn);
    const ours = await effects(() => withSdk(env, (docker) => docker.logout(host)));
    // The CLI also asks for each form that a host may have been stored under.
    const erased = (what: object) => Object.entries((what as { asked: Record<string, string[]> }).asked);
    for (const [name, lines] of erased(ours)) {
      expect(Object.fromEntries(erased(loggedOut))[name]).toEqual(expect.arrayContaining(lines));
    }
    expect({ ...ours, asked: {} }).toEqual({ ...loggedOut, asked: {} });
  });
});

const helperFolders = fromEnvironment("CREDENTIAL_HELPERS", "docker-credential-pass");
if (helperFolders) {
  test("docker-credential-pass keeps logins, for the CLI and for the SDK", async () => {
    // Sockets of gpg-agent are in it, whose paths must be short.
    const GNUPGHOME = await mkdtemp(join(tmpdir(), "gpg-"));
    const env = environment({
      GNUPGHOME,
      PASSWORD_STORE_DIR: join(folder, "store"),
      PATH: `${helperFolders}:${process.env.PATH}`,
    });
    const run = (program: string, ...args: string[]): string =>
      execFileSync(program, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    try {
      run("gpg", "--batch", "--passphrase", "", "--quick-gen-key", "sdk-test", "default", "default", "never");
      run("pass", "init", "sdk-test");
      await configure({ credsStore: "pass" });
      const pulled = async (): Promise<unknown[]> => {
        await withSdk(env, (docker) => docker.pull("r.test/app:1"));
        await runCli("docker", ["pull", "r.test/app:1"], env);
        return engine.take().map((request) => request.auth);
      };
      expect(await pulled()).toEqual([undefined, undefined]);
      const me = { username: "me", password: "s3cret:+/pass" };
      await withSdk(env, async (docker) => {
        expect((await docker.login("r.test", me)).storedIn).toBe("docker-credential-pass");
      });
      engine.take();
      expect(await configured()).toEqual({ credsStore: "pass", auths: { "r.test": {} } });
      const found = { ...me, serveraddress: "r.test" };
      expect(await pulled()).toEqual([found, found]);
      await withSdk(env, (docker) => docker.logout("r.test"));
      expect(await pulled()).toEqual([undefined, undefined]);

      await runCli("docker", ["login", "-u", "cli", "--password-stdin", "r.test"], env, "by the CLI");
      engine.take();
      const theirs = { username: "cli", password: "by the CLI", serveraddress: "r.test" };
      expect(await pulled()).toEqual([theirs, theirs]);
    } finally {
      spawnSync("gpgconf", ["--kill", "all"], { env });
      await rm(GNUPGHOME, { recursive: true, force: true });
    }
  });
}
