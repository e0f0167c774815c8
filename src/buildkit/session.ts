import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Client } from "#generated/client.js";
import { onAbort } from "../abort.js";
import { EngineError, isEngineError } from "../errors.js";
import type { Methods } from "./grpc/method.js";
import { type GrpcServer, serve } from "./grpc/server.js";
import { onDuplex } from "./session-duplex.js";

/** A connection over which the Engine requests everything that a build needs. */
export interface Session extends GrpcServer {
  /** Its name in `/build`. */
  readonly id: string;
}

const NO_BUILDKIT =
  'This Engine, or a proxy in front of it, does not serve BuildKit. Build with { builder: "classic" }.';

/**
 * Opens a session of one build, and serves the methods on it.
 *
 * @param signal cancels the opening, but nothing after that
 * @param sharedKey key under which the Engine keeps the files that it took
 * @param onFailure takes what a method throws other than a GrpcError
 */
export async function openSession(
  docker: Client,
  methods: Methods,
  sharedKey: string,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<Session> {
  const id = randomUUID();
  const headers = {
    "X-Docker-Expose-Session-Uuid": id,
    "X-Docker-Expose-Session-Sharedkey": sharedKey,
    "X-Docker-Expose-Session-Grpc-Method": Object.keys(methods),
  };
  // Once it is open, the build's own request ends first.
  const opening = new AbortController();
  const stopListening = onAbort(signal, () => opening.abort(signal.reason));
  try {
    const { duplex } = await docker.session(headers, { signal: opening.signal });
    return { id, ...serve(onDuplex(duplex), methods, onFailure) };
  } catch (error) {
    throw isEngineError(error, 404) ? new EngineError(error, NO_BUILDKIT) : error;
  } finally {
    stopListening();
  }
}

/** Known only to this client, so that its folders are not taken for another's. */
const seeds = new WeakMap<Client, Buffer>();

/** The key of a folder, or of anything else that one client builds. */
export function sharedKeyOf(docker: Client, folder: string): string {
  const seed = seeds.get(docker) ?? randomBytes(16);
  seeds.set(docker, seed);
  return createHash("sha256").update(seed).update(folder).digest("hex");
}
