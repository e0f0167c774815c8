import { connect } from "node:net";
import type { ContainerInspectResponse } from "#generated/schema.js";
import { onAbort } from "../../abort.js";
import { type Attempt, untilFound, type Waiting } from "./attempts.js";
import type { PortCondition } from "./conditions.js";
import {
  connectReason,
  hasHostNetwork,
  networkOwnerOf,
  type Place,
  placeOf,
  placeText,
} from "./published.js";
import { socketsInside } from "./sockets-inside.js";
import { Unmet } from "./unmet.js";

const LONGEST_PAUSE_MS = 250;
const CONNECT_MS = 2000;
const ELSEWHERE =
  "if the Engine publishes ports at another host, pass waitFor that host, or until.port { inside: true }";
/** Docker's proxy closes a connection at once if nobody listens behind it. */
const CLOSED_AT_ONCE_MS = 200;

/** Waits until a port can be used. */
export function portOpens(condition: PortCondition, waiting: Waiting, signal: AbortSignal): Promise<void> {
  return waiting.watched.whileRunning(signal, async (inspected, running) => {
    const owner = await networkOwnerOf(waiting.watched.docker, inspected, running);
    const outside = await placeOutside(condition, owner, waiting, running);
    const attempt =
      outside && hasHostNetwork(owner)
        ? (): Promise<string | undefined> => connectionProblem(outside, running, 0)
        : behindPort(condition, outside, waiting);
    await untilFound(attempt, { tell: waiting.tell, longestPause: LONGEST_PAUSE_MS }, running);
  });
}

/** Where to connect to; undefined if nowhere, or if that is not wanted. */
async function placeOutside(
  { inside, port, protocol }: PortCondition,
  owner: ContainerInspectResponse,
  { findHost }: Waiting,
  signal: AbortSignal,
): Promise<Place | undefined> {
  const name = { number: port, protocol, name: `${port}/${protocol}` };
  if (inside || protocol === "udp" || !placeOf(owner, name, "localhost")) return undefined;
  return placeOf(owner, name, await findHost(signal));
}

/** Connects first, which is quicker, then looks inside, because a proxy may have accepted the connection. */
function behindPort(
  { port, protocol }: PortCondition,
  outside: Place | undefined,
  { watched }: Waiting,
): Attempt {
  let canLookInside = true;
  return async (signal) => {
    const problem =
      outside && (await connectionProblem(outside, signal, canLookInside ? 0 : CLOSED_AT_ONCE_MS));
    if (problem !== undefined || !canLookInside) return problem;
    const sockets = await socketsInside(watched.docker, watched.id, protocol, signal);
    if (sockets) {
      const listening = sockets.filter((socket) => socket.port === port);
      if (listening.length === 0) return "no process in the container listens on it";
      if (!outside || listening.some(({ isLoopback }) => !isLoopback)) return undefined;
      return "the process listens only at the container's loopback address, where nobody else reaches it";
    }
    // The files of a container that has just exited are gone too.
    await watched.look(signal);
    signal.throwIfAborted();
    canLookInside = false;
    if (outside) return connectionProblem(outside, signal, CLOSED_AT_ONCE_MS);
    throw new Unmet(
      "unmet",
      `has no cat in its image to look for ${port}/${protocol} with, and nothing can connect to that port from here; ` +
        "publish it, or wait for a line of the log",
    );
  };
}

/** Why a connection cannot be made, or does not stay open that long; undefined if it does. */
function connectionProblem(
  place: Place,
  signal: AbortSignal,
  stayingMs: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: place.address, port: place.port });
    let timer = setTimeout(() => end(`no connection within ${CONNECT_MS} ms`), CONNECT_MS);
    let stopListening = (): void => undefined;
    const end = (problem?: string): void => {
      clearTimeout(timer);
      stopListening();
      socket.destroy();
      resolve(problem && `${placeText(place)}: ${problem}`);
    };
    const isOpen = (): void => end();
    // Before listening to the signal, which may already have fired.
    socket.on("error", (error: NodeJS.ErrnoException) => end(problemOf(error)));
    stopListening = onAbort(signal, () => end("aborted"));
    socket.once("connect", () => {
      if (stayingMs === 0) return isOpen();
      clearTimeout(timer);
      timer = setTimeout(isOpen, stayingMs);
      socket.once("data", isOpen);
      socket.once("end", () => end("the connection is accepted and closed at once"));
    });
  });
}

function problemOf(error: NodeJS.ErrnoException): string {
  const reason = connectReason(error);
  return error.code === "ECONNREFUSED" ? `${reason} (${ELSEWHERE})` : reason;
}
