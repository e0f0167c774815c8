import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { onAbort } from "../abort.js";
import { AbortedError, ConfigError } from "../errors.js";
import { redactLogins } from "../secrets.js";

const PATIENCE_MS = 30_000;
const LIMIT = 1024 * 1024;
const EXCERPT = 300;

/** Printed by all helpers, on stdout, for a registry that they have no login for. */
const NOT_FOUND = /^credentials not found\b/i;

/** A credential helper, and the setting that names it. */
export interface Helper {
  /** Its program is `docker-credential-NAME`. */
  readonly name: string;
  /** The setting that names it, for errors. */
  readonly source: string;
  /** Whether it is the platform's, which no setting names: if it cannot answer, nothing is sent. */
  readonly isDefault: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A login in a helper's form. */
export interface HelperLogin {
  readonly username: string;
  readonly secret: string;
}

/** How a helper ended, and what it said. */
interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asks a helper for a login. @throws {ConfigError} the helper fails; see {@link ask} */
export async function getLogin(
  helper: Helper,
  address: string,
  signal?: AbortSignal,
): Promise<HelperLogin | undefined> {
  const ending = await ask(helper, "get", address, signal);
  if (ending.code === 0) return readLogin(helper, ending);
  if (helper.isDefault || NOT_FOUND.test(ending.stdout.trim())) return undefined;
  throw failed(helper, "get", ending);
}

/** Has a helper store a login. @throws {ConfigError} the helper fails; see {@link ask} */
export async function storeLogin(
  helper: Helper,
  address: string,
  { username, secret }: HelperLogin,
  signal?: AbortSignal,
): Promise<void> {
  const login = JSON.stringify({ ServerURL: address, Username: username, Secret: secret });
  const ending = await ask(helper, "store", `${login}\n`, signal);
  if (ending.code !== 0) throw failed(helper, "store", ending, secret);
}

/** Has a helper forget a login, if it has one. @throws {ConfigError} the helper fails; see {@link ask} */
export async function eraseLogin(helper: Helper, address: string, signal?: AbortSignal): Promise<void> {
  const ending = await ask(helper, "erase", address, signal);
  if (ending.code !== 0 && !NOT_FOUND.test(ending.stdout.trim())) throw failed(helper, "erase", ending);
}

/** An empty answer means "no login". Anything else is not quoted: it may hold the secret. */
function readLogin(helper: Helper, { stdout }: Ending): HelperLogin | undefined {
  let answer: Readonly<Record<string, unknown>> | null | undefined;
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    answer = undefined;
  }
  const { Username: username = "", Secret: secret = "" } = answer ?? {};
  if (!answer || typeof username !== "string" || typeof secret !== "string") {
    throw problem(helper, "get", "answers something else than JSON with Username and Secret (not shown)");
  }
  return username === "" && secret === "" ? undefined : { username, secret };
}

/**
 * Runs a helper: `action` is its argument, `input` its stdin.
 *
 * @throws {ConfigError} the program is missing, takes longer than 30 seconds, or says more than 1 MiB
 * @throws {AbortedError} the signal fired
 */
function ask(helper: Helper, action: string, input: string, signal?: AbortSignal): Promise<Ending> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted(helper, signal));
      return;
    }
    const child = start(helper, action);
    const said = { stdout: "", stderr: "" };
    const end = (error?: Error): void => {
      clearTimeout(timer);
      forget?.();
      if (!error) return;
      kill(child);
      reject(error);
    };
    const late = `does not answer within ${PATIENCE_MS / 1000} seconds`;
    const timer = setTimeout(() => end(problem(helper, action, late)), PATIENCE_MS);
    const forget = signal && onAbort(signal, () => end(aborted(helper, signal)));
    child.once("error", (cause: NodeJS.ErrnoException) => {
      const missing = "is not installed: the PATH does not have it";
      end(
        problem(
          helper,
          action,
          cause.code === "ENOENT" ? missing : `does not start: ${cause.message}`,
          cause,
        ),
      );
    });
    // When no more files can be opened, the child has no streams; the error event that follows says why.
    if (!child.stdin) return;
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
        if (said[name].length > LIMIT) end(problem(helper, action, "says more than 1 MiB"));
      });
    }
    // Only on "close" is the output complete.
    child.once("close", (code) => {
      end();
      resolve({ code, ...said });
    });
    // A helper need not read what it is told.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** It leads a separate process group, so that anything it runs is killed with it. It need not know other logins. */
function start({ name, env }: Helper, action: string): ChildProcessWithoutNullStreams {
  return process.getBuiltinModule("node:child_process").spawn(`docker-credential-${name}`, [action], {
    env: { ...process.env, ...env, DOCKER_AUTH_CONFIG: undefined },
    windowsHide: true,
    detached: process.platform !== "win32",
  });
}

function kill(child: ChildProcessWithoutNullStreams): void {
  try {
    if (child.pid !== undefined)
      process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has ended.
  }
  for (const pipe of child.stdio) pipe?.destroy();
}

const aborted = ({ name }: Helper, signal: AbortSignal): AbortedError =>
  AbortedError.of(signal, `asking docker-credential-${name}`);

/** By convention a helper that fails says why on stdout. */
function failed(
  helper: Helper,
  action: string,
  { code, stdout, stderr }: Ending,
  secret?: string,
): ConfigError {
  const said = shown(stdout.trim() || stderr.trim(), secret);
  const how = code === null ? "was killed" : `failed with exit code ${code}`;
  return problem(helper, action, said === "" ? `${how} and said nothing` : `${how}: ${said}`);
}

/** A helper's output, unless it may hold a secret. */
function shown(text: string, secret?: string): string {
  if (/"Secret"|^\{/.test(text)) return "(what it said is not shown: it may hold a secret)";
  const safe = redactLogins(secret ? text.replaceAll(secret, "***") : text);
  return safe.length > EXCERPT ? `${safe.slice(0, EXCERPT)}…` : safe;
}

const problem = ({ name, source }: Helper, action: string, what: string, cause?: Error): ConfigError =>
  new ConfigError(
    `docker-credential-${name} ${action} ${what.replace(/\.$/, "")}. It is named by ${source}.`,
    { cause },
  );
