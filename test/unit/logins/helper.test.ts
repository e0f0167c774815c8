import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AbortedError, ConfigError } from "../../../src/errors.js";
import { eraseLogin, getLogin, type Helper, storeLogin } from "../../../src/logins/helper.js";
import { installHelper } from "../../helpers/credential-helper.js";
import { planted } from "../../helpers/planted-secrets.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";
import { until } from "../../helpers/waiting.js";

let folder: string;
let helper: Helper;
useTemporaryFolder((path) => {
  folder = path;
  helper = {
    name: "x",
    source: "credsStore of /home/me/.docker/config.json",
    isDefault: false,
    env: { PATH: `${path}:${process.env.PATH}` },
  };
});

const secret = planted("secret");
const install = (script: string): Promise<void> => installHelper(folder, "x", script);
const failure = async (call: Promise<unknown>): Promise<Error> => {
  const error = await call.then(
    () => new Error("it was fulfilled"),
    (caught: Error) => caught,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error;
};

test.each<[what: string, script: string, login: object | undefined]>([
  ["a login", `echo '{"ServerURL":"r","Username":"me","Secret":"a:b"}'`, { username: "me", secret: "a:b" }],
  [
    "a login over several lines",
    `printf '{\\n"Username":"me",\\n"Secret":"x"}\\n'`,
    { username: "me", secret: "x" },
  ],
  [
    "a login despite warnings",
    `echo careful >&2; echo '{"Username":"me","Secret":"x"}'`,
    { username: "me", secret: "x" },
  ],
  ["a secret without a user", `echo '{"Secret":"x"}'`, { username: "", secret: "x" }],
  ["nothing, by its message", "echo credentials not found in native keychain; exit 1", undefined],
  ["nothing, by a shorter message", "echo credentials not found; exit 1", undefined],
  ["nothing, as pass says it", `echo '{"ServerURL":"","Username":"","Secret":""}'`, undefined],
  ["nothing, as {}", "echo '{}'", undefined],
])("a helper may have %s", async (_, script, login) => {
  await install(script);
  expect(await getLogin(helper, "r.example")).toEqual(login);
});

test("a helper need not read its input", async () => {
  await install(`exec 0<&-; echo '{"Username":"me","Secret":"x"}'`);
  expect(await getLogin(helper, "r".repeat(200_000))).toEqual({ username: "me", secret: "x" });
});

test.each<[what: string, script: string, says: string]>([
  [
    "fails",
    "echo the store is locked; exit 3",
    "get failed with exit code 3: the store is locked. It is named by credsStore of",
  ],
  ["fails on stderr", "echo cannot find gpg >&2; exit 1", "get failed with exit code 1: cannot find gpg"],
  ["fails silently", "exit 1", "get failed with exit code 1 and said nothing"],
  ["is killed", "kill -9 $$", "get was killed and said nothing"],
  [
    "fails halfway through its answer",
    `echo '{"ServerURL":"r","Username":"me","Secret":"${secret}'; exit 1`,
    "get failed with exit code 1: (what it said is not shown",
  ],
  [
    "fails with an address that has a login",
    `echo "no route to https://me:${secret}@r.example"; exit 1`,
    "no route to https://***@r.example",
  ],
  ["talks at length", `echo ${"x".repeat(1000)}; exit 1`, `${"x".repeat(300)}…`],
  [
    "answers something else",
    `echo "the secret is ${secret}"`,
    "answers something else than JSON with Username and Secret (not shown)",
  ],
  ["answers nothing", "true", "answers something else than JSON"],
  [
    "answers a number as the secret",
    `echo '{"Username":"me","Secret":5}'`,
    "answers something else than JSON",
  ],
  ["answers null", "echo null", "answers something else than JSON"],
  [
    "answers twice",
    `echo '{"Username":"me","Secret":"${secret}"}'; echo '{}'`,
    "answers something else than JSON",
  ],
  ["does not stop talking", "exec cat /dev/zero", "says more than 1 MiB"],
])("a helper that %s is a ConfigError", async (_, script, says) => {
  await install(script);
  const { message } = await failure(getLogin(helper, "r.example"));
  expect(message).toContain("docker-credential-x ");
  expect(message).toContain(says);
});

test("a helper that is not installed is a ConfigError", async () => {
  const { message } = await failure(getLogin(helper, "r.example"));
  expect(message).toBe(
    "docker-credential-x get is not installed: the PATH does not have it. It is named by credsStore of /home/me/.docker/config.json.",
  );
});

test("a secret that a helper repeats is not shown", async () => {
  await install("cat | tr -d '{\"'; exit 1");
  const login = { username: "me", secret };
  const { message } = await failure(storeLogin(helper, "r.example", login));
  expect(message).toContain("store failed with exit code 1: ServerURL:r.example,Username:me,Secret:***");
});

test("a failed erase is a ConfigError, unless there was nothing", async () => {
  await install("echo the store is locked; exit 1");
  expect((await failure(eraseLogin(helper, "r.example"))).message).toContain("erase failed with exit code 1");
  await install("echo credentials not found in native keychain; exit 1");
  await eraseLogin(helper, "r.example");
});

/** Runs for long, and notes its process and that of a program it runs. */
const HANGS = 'sleep 600 & echo "$$ $!" >"$0.pids"; wait';

async function pids(): Promise<number[]> {
  const text = await readFile(join(folder, "docker-credential-x.pids"), "utf8").catch(() => "");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The processes of a helper that hangs, once it does. */
async function hanging(): Promise<number[]> {
  let found: number[] = [];
  const deadline = Date.now() + 5000;
  while (found.length < 2 && Date.now() < deadline) {
    found = await pids();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(found).toHaveLength(2);
  return found;
}

const settled = (processes: number[]): Promise<void> =>
  until("all processes are gone", () => !processes.some(isRunning));

test("a helper that hangs is killed after 30 seconds, with what it runs", async () => {
  await install(HANGS);
  jest.useFakeTimers({ doNotFake: ["Date", "nextTick", "queueMicrotask", "setImmediate", "setInterval"] });
  try {
    const lookup = failure(getLogin(helper, "r.example"));
    const processes = await hanging();
    jest.advanceTimersByTime(29_999);
    expect(processes.every(isRunning)).toBe(true);
    jest.advanceTimersByTime(1);
    expect((await lookup).message).toContain("docker-credential-x get does not answer within 30 seconds");
    jest.useRealTimers();
    await settled(processes);
  } finally {
    jest.useRealTimers();
  }
});

test("an abort kills a helper, with what it runs", async () => {
  await install(HANGS);
  const abort = new AbortController();
  const lookup = getLogin(helper, "r.example", abort.signal).catch((error: unknown) => error);
  const processes = await hanging();
  abort.abort(new Error("enough"));
  const error = await lookup;
  expect(error).toBeInstanceOf(AbortedError);
  expect((error as AbortedError).message).toBe("asking docker-credential-x was aborted");
  await settled(processes);
});

test("a signal that has fired starts nothing", async () => {
  await install(HANGS);
  await expect(getLogin(helper, "r.example", AbortSignal.abort())).rejects.toThrow(AbortedError);
  expect(await pids()).toEqual([]);
});
