import { channel } from "node:diagnostics_channel";
import { debuglog } from "node:util";
import { describeEndpoint, type Endpoint } from "../config/index.js";
import type { DockerError } from "../errors.js";
import { redactUrl } from "../secrets.js";
import type { Watch } from "./observation.js";
import type { EngineRequest } from "./request.js";

/** Content of every message of a request. */
export interface RequestIdentity {
  /** The same in all messages of a request, and different for each request of this process. */
  readonly id: number;
  /** The operationId, such as "ContainerStart". */
  readonly operation: string;
  /** HTTP method. */
  readonly method: string;
  /** Path and query, with the API version; possible secrets are masked. */
  readonly path: string;
  /** The Engine's address, such as "unix:///var/run/docker.sock". */
  readonly host: string;
}

/** A request is about to be sent. */
export interface RequestStarted extends RequestIdentity {
  /** Tells the messages apart. */
  readonly type: "start";
}

/** Its answer has begun. */
export interface RequestAnswered extends RequestIdentity {
  /** Tells the messages apart. */
  readonly type: "headers";
  /** HTTP status, also of failures; 101 for an upgraded connection. */
  readonly status: number;
  /** Milliseconds since the start. */
  readonly duration: number;
}

/** It is over: the answer was read to its end, or its reader closed it. */
export interface RequestEnded extends RequestIdentity {
  /** Tells the messages apart. */
  readonly type: "end";
  /** HTTP status, also of failures; 101 for an upgraded connection. */
  readonly status: number;
  /** Milliseconds since the start. */
  readonly duration: number;
  /** Bytes of the request's body, or written to the upgraded connection. */
  readonly bytesSent: number;
  /** Bytes read of the answer's body, or of the upgraded connection's output. */
  readonly bytesReceived: number;
  /** False if the reader closed the answer before its end, for example by leaving a loop. */
  readonly complete: boolean;
}

/** It failed: no answer, a broken connection, a timeout, or a signal that fired. An answer is not a failure, whatever its status. */
export interface RequestFailed extends RequestIdentity {
  /** Tells the messages apart. */
  readonly type: "error";
  /** HTTP status, if the answer had begun. */
  readonly status: number | undefined;
  /** Milliseconds since the start. */
  readonly duration: number;
  /** Bytes of the request's body, or written to the upgraded connection, until then. */
  readonly bytesSent: number;
  /** Bytes read of the answer's body, or of the upgraded connection's output, until then. */
  readonly bytesReceived: number;
  /** Why it failed. */
  readonly error: DockerError;
}

/**
 * A message on the diagnostics channel `docker-engine-sdk:request`. Each request has a "start", a "headers" unless no
 * answer arrives, and an "end" or "error".
 *
 * @example
 * import { subscribe } from "node:diagnostics_channel";
 * subscribe("docker-engine-sdk:request", (message) => {
 *   const request = message as RequestMessage;
 *   if (request.type === "end") console.log(request.operation, request.status, request.duration);
 * });
 */
export type RequestMessage = RequestStarted | RequestAnswered | RequestEnded | RequestFailed;

// Referenced as long as this module lives: Node keeps channels weakly.
const requests = channel("docker-engine-sdk:request");
const debug = debuglog("docker-engine-sdk");
// Read once, because the value of NODE_DEBUG at the start of the process counts.
const isPrinting = debug.enabled;

let ids = 0;

/** Publishes what happens to a request and prints a line about it, if anyone listens. */
export function diagnose({ operation, method, url }: EngineRequest, endpoint: Endpoint): Watch | undefined {
  if (!requests.hasSubscribers && !isPrinting) return undefined;
  ids += 1;
  const path = redactUrl(url);
  const identity: RequestIdentity = { id: ids, operation, method, path, host: describeEndpoint(endpoint) };
  const begun = performance.now();
  let status: number | undefined;
  let bytesSent = 0;
  let bytesReceived = 0;
  const tell = (message: RequestMessage): void => requests.publish(message);
  const over = (complete: boolean): void => {
    const duration = performance.now() - begun;
    tell({ ...identity, type: "end", status: status ?? 0, duration, bytesSent, bytesReceived, complete });
    const sent = bytesSent > 0 ? `, ${bytesSent} bytes sent` : "";
    const left = complete ? "" : ", closed before its end";
    print(`${method} ${path} ${status} ${bytesReceived} bytes ${duration.toFixed()} ms${sent}${left}`);
  };
  tell({ ...identity, type: "start" });
  return {
    sent: ({ length }) => {
      bytesSent += length;
    },
    received: ({ length }) => {
      bytesReceived += length;
    },
    answered: (response) => {
      status = response.status;
      tell({ ...identity, type: "headers", status, duration: performance.now() - begun });
    },
    ended: () => over(true),
    left: () => over(false),
    failed: (failure) => {
      const error = failure as DockerError;
      const duration = performance.now() - begun;
      tell({ ...identity, type: "error", status, duration, bytesSent, bytesReceived, error });
      const begin = status === undefined ? `${method} ${path}` : `${method} ${path} ${status}`;
      print(`${begin} failed after ${duration.toFixed()} ms: ${error.message}`);
    },
  };
}

/** As an argument, because a path may contain "%". */
const print = (line: string): void => debug("%s", line);
