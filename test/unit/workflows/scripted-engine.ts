import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Docker } from "../../../src/index.js";
import { type ClientOptions, withClientOf } from "../../helpers/servers.js";

/** What an Engine does with a request. */
export type Reaction =
  /** Answers at once. */
  | { readonly status?: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  /** Answers as it sees fit; `body` is the request's. */
  | ((response: ServerResponse, body: string, url: URL) => unknown)
  /** Upgrades the connection and speaks on it. */
  | { readonly upgrade: (socket: Duplex) => unknown; readonly type?: "frames" | "raw" }
  /** Breaks the connection off. */
  | "cut"
  /** Never answers. */
  | "hang";

/** What an Engine does, by "METHOD /path" without version and query; a list is gone through call by call. */
export type Script = Readonly<Record<string, Reaction | readonly Reaction[]>>;

/** A real server that plays an Engine. */
export interface ScriptedEngine {
  readonly docker: Docker;
  /** The path of its socket. */
  readonly path: string;
  /** All requests so far, such as "POST /containers/create?name=x". */
  readonly calls: readonly string[];
  /** The bodies of the requests, parsed if they are JSON. */
  readonly bodies: readonly unknown[];
  /** Connections with a request that is still under way. */
  readonly underWay: () => number;
}

const MEDIA = {
  frames: "application/vnd.docker.multiplexed-stream",
  raw: "application/vnd.docker.raw-stream",
};

/** Plays a script on a real socket, for what nock cannot do: upgrades, cut connections, answers that never come. */
export async function withEngine<T>(
  script: Script,
  use: (engine: ScriptedEngine) => Promise<T>,
  options: ClientOptions = {},
): Promise<T> {
  const calls: string[] = [];
  const bodies: unknown[] = [];
  const played = new Map<string, number>();
  const busy = new Set<Duplex>();
  const server = createServer({ allowHalfOpen: true } as never);

  const reactionTo = (request: IncomingMessage): Reaction => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const path = url.pathname.replace(/^\/v[\d.]+/, "");
    const key = `${request.method} ${path}`;
    calls.push(`${key}${url.search}`);
    const entry = script[key];
    if (entry === undefined) return { status: 501, json: { message: `the script has no ${key}` } };
    if (!Array.isArray(entry)) return entry as Reaction;
    const turn = played.get(key) ?? 0;
    played.set(key, turn + 1);
    return entry[Math.min(turn, entry.length - 1)] as Reaction;
  };
  server.on("connection", (socket) => void socket.once("close", () => busy.delete(socket)));
  server.on("request", async (request, response) => {
    busy.add(request.socket);
    response.once("finish", () => busy.delete(request.socket));
    const reaction = reactionTo(request);
    response.setHeader("Api-Version", "1.48");
    const body = await readBody(request);
    bodies.push(parsed(body));
    if (reaction === "hang") return;
    if (reaction === "cut") return request.socket.destroy();
    if (typeof reaction === "function") {
      return reaction(response, body, new URL(request.url ?? "/", "http://localhost"));
    }
    const { status, json, headers } = reaction as { status?: number; json?: unknown; headers?: object };
    response.writeHead(status ?? (json === undefined ? 204 : 200), {
      "Content-Type": "application/json",
      ...headers,
    });
    response.end(json === undefined ? undefined : JSON.stringify(json));
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    busy.add(socket);
    socket.on("error", () => undefined);
    const reaction = reactionTo(request);
    bodies.push(parsed(head.toString()));
    if (reaction === "hang") return idle(socket);
    if (reaction === "cut") return socket.destroy();
    if (typeof reaction !== "function" && "upgrade" in reaction) {
      const type = MEDIA[reaction.type ?? "frames"];
      const lines = ["HTTP/1.1 101 UPGRADED", `Content-Type: ${type}`, "Connection: Upgrade", "Upgrade: tcp"];
      socket.write(`${lines.join("\r\n")}\r\n\r\n`);
      return reaction.upgrade(socket);
    }
    const { status, json } = reaction as { status?: number; json?: unknown };
    const text = JSON.stringify(json ?? {});
    const lines = [`HTTP/1.1 ${status ?? 200} X`, `Content-Length: ${text.length}`, "Connection: close"];
    socket.end(`${lines.join("\r\n")}\r\nContent-Type: application/json\r\n\r\n${text}`);
  });

  return withClientOf(
    server,
    (docker, { path }) => use({ docker, path, calls, bodies, underWay: () => busy.size }),
    options,
  );
}

/** Reads on without a word, until the client goes. */
export function idle(socket: Duplex): void {
  socket.resume().once("end", () => socket.destroy());
}

/** What arrives of a body; a client that breaks off is not a failure of the server. */
async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  try {
    for await (const chunk of request) body += chunk;
  } catch {
    // Broken off.
  }
  return body;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body || undefined;
  }
}
