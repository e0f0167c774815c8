import { constants } from "node:fs";
import type { BinaryBody } from "#generated/schema.js";
import { isAsyncIterable, reading } from "../../arguments.js";
import { ArgumentError, isDockerError } from "../../errors.js";
import { kindOf } from "../../members.js";
import { release, takeOver } from "../../operation/index.js";

/** Bytes to send, or a stream of them. */
export type Bytes = BinaryBody;

const READ_SIZE = 1 << 20;

/** A caller's source, for messages. */
interface Owned {
  readonly workflow: string;
  readonly name: string;
  /** Its required form, for messages. */
  readonly must?: string;
}

/**
 * Owns a caller's source while it is used: a stream that fails before it is read does not end the process, and one that is
 * not read to its end is closed, whatever happens.
 */
export async function owning<T>(
  source: string | Bytes,
  { workflow, name, must = "a path, a Uint8Array or a stream" }: Owned,
  use: () => Promise<T>,
): Promise<T> {
  // The stream keeps its error for its reader.
  takeOver(source);
  try {
    if (!reading(workflow, () => isSource(source))) {
      throw new ArgumentError(`${workflow}: ${name} must be ${must}, not ${kindOf(source)}`);
    }
    return await use();
  } finally {
    release(source);
  }
}

const isSource = (source: unknown): boolean =>
  typeof source === "string" || source instanceof Uint8Array || isAsyncIterable(source);

/** Sends local files, and waits until they are closed. */
export async function sending<T>(
  source: AsyncGenerator<Uint8Array, void, undefined>,
  send: (source: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  try {
    return await send(source);
  } finally {
    await source.return();
  }
}

/**
 * Opens a regular file for sending.
 *
 * @returns its bytes; it is opened when they are read
 * @throws {ArgumentError} it does not exist, or is not a regular file
 */
export async function fileSource(
  path: string,
  workflow: string,
): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
  if (path === "") throw new ArgumentError(`${workflow}: the path is empty; name a file`);
  const unreadable = (cause: Error): never => {
    throw new ArgumentError(`${workflow}: cannot read ${path}: ${cause.message}`, { cause });
  };
  const { access, stat } = await import("node:fs/promises");
  const stats = await stat(path).catch(unreadable);
  if (!stats.isFile()) {
    throw new ArgumentError(
      `${workflow}: ${path} is not a regular file; name a file, or pass createReadStream(path) for a pipe`,
    );
  }
  await access(path, constants.R_OK).catch(unreadable);
  return readFile(path, unreadable);
}

async function* readFile(
  path: string,
  unreadable: (cause: Error) => never,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const { open } = await import("node:fs/promises");
    const handle = await open(path);
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(READ_SIZE), 0, READ_SIZE);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isDockerError(error)) throw error;
    unreadable(error as Error);
  }
}
