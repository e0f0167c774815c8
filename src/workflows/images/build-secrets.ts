import { createReadStream } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { ArgumentError } from "../../errors.js";
import { isObject } from "../../members.js";
import { quote } from "../../quote.js";
import type { BuildKitOptions, BuildSecret } from "./build-options.js";
import { isText, knownMembers, valuesOf } from "./build-rules.js";

/** The Engine's limit. */
const LARGEST_SECRET = 500 * 1024;

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;
type Reader = () => Promise<Uint8Array>;

const MUST = "a string, a Uint8Array, { file }, { env } or a function";

/**
 * Readers of the secrets, by ID.
 *
 * @throws {ArgumentError} one is invalid, or its file or variable is missing
 */
export async function secretReaders(
  secrets: BuildKitOptions["secrets"],
  env: Environment,
): Promise<Map<string, Reader>> {
  const readers = new Map<string, Reader>();
  for (const [id, secret] of Object.entries(valuesOf(secrets, "secrets", MUST, isSecret))) {
    const read = await readerOf(id, secret, env);
    readers.set(id, async () => checkedSize(id, await read()));
  }
  return readers;
}

const isSecret = (value: unknown): boolean =>
  isText(value) || value instanceof Uint8Array || typeof value === "function" || isObject(value);

async function readerOf(
  id: string,
  secret: BuildSecret,
  env: Environment,
): Promise<() => Promise<string | Uint8Array>> {
  if (typeof secret === "function") return async () => checkedValue(id, await secret());
  if (typeof secret === "string" || secret instanceof Uint8Array) return async () => secret;
  const place = placeOf(id, secret);
  if ("env" in place) {
    const value = env[place.env];
    if (value !== undefined) return async () => value;
    throw new ArgumentError(
      `build: the secret ${quote(id)} needs the environment variable ${place.env}, which is not set`,
    );
  }
  const { file } = place;
  const unreadable = (cause: Error): never => {
    throw new ArgumentError(`build: cannot read the secret ${quote(id)}: ${cause.message}`, { cause });
  };
  const stats = await stat(file).catch(unreadable);
  if (stats.isDirectory()) throw new ArgumentError(`build: the secret ${quote(id)} is a folder, ${file}`);
  await access(file, constants.R_OK).catch(unreadable);
  return () => readStart(file).catch(unreadable);
}

/** Reads a file, but at most one byte beyond the limit: it may be endless. */
async function readStart(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of createReadStream(file, { end: LARGEST_SECRET })) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Where a secret is. Values are not shown: the secret itself may have been given. */
function placeOf(
  id: string,
  secret: { readonly file: string } | { readonly env: string },
): { readonly file: string } | { readonly env: string } {
  const fail = (problem: string): never => {
    throw new ArgumentError(`build: the secret ${quote(id)} ${problem}`);
  };
  const { file, env } = knownMembers(secret, ["file", "env"], fail);
  if ((file === undefined) === (env === undefined)) fail("must have exactly one of file and env");
  const place = file ?? env;
  if (typeof place !== "string" || place === "") {
    return fail(`must have a string that is not empty as ${file === undefined ? "env" : "file"}`);
  }
  return file === undefined ? { env: place } : { file: place };
}

function checkedValue(id: string, value: unknown): string | Uint8Array {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  throw new ArgumentError(
    `build: the function for the secret ${quote(id)} must return a string or a Uint8Array`,
  );
}

function checkedSize(id: string, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  if (bytes.length <= LARGEST_SECRET) return bytes;
  throw new ArgumentError(
    `build: the secret ${quote(id)} is longer than ${LARGEST_SECRET} bytes, which BuildKit does not take`,
  );
}

/**
 * Paths of agents' sockets, by ID.
 *
 * @throws {ArgumentError} a socket does not exist
 */
export async function agentSockets(
  ssh: BuildKitOptions["ssh"],
  env: Environment,
): Promise<Map<string, string>> {
  if (ssh === undefined) return new Map();
  const given = typeof ssh === "object" ? ssh : { default: ssh === true ? ownAgent(env) : ssh };
  const sockets = new Map(Object.entries(valuesOf(given, "ssh", "the path of a socket", isText)));
  for (const [id, path] of sockets) await checkSocket(id, path);
  return sockets;
}

function ownAgent({ SSH_AUTH_SOCK }: Environment): string {
  if (SSH_AUTH_SOCK) return SSH_AUTH_SOCK;
  throw new ArgumentError(
    "build: the option ssh needs the agent of SSH_AUTH_SOCK, which is not set; start an agent, or name its socket",
  );
}

async function checkSocket(id: string, path: string): Promise<void> {
  // Windows has pipes instead of sockets, and those cannot be inspected.
  if (path.startsWith("\\\\.\\pipe\\")) return;
  const stats = await stat(path).catch((cause: Error) => {
    throw new ArgumentError(`build: cannot find the ssh agent ${quote(id)}: ${cause.message}`, { cause });
  });
  if (!stats.isSocket()) {
    throw new ArgumentError(`build: the ssh agent ${quote(id)} must be a socket, which ${path} is not`);
  }
}
