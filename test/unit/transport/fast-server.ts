import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { WebSocketServer } from "ws";
import type { Docker } from "../../../src/index.js";
import { frame } from "../../helpers/frames.js";
import { withClientOf } from "../../helpers/servers.js";
import { TAR_END, tarHeader } from "../../helpers/tar-archive.js";

const MIB = 2 ** 20;
/** More than the kernel holds for a connection, so that what is not read has to wait at the server. */
export const OFFERED = 16 * MIB;

const PIECE = Buffer.alloc(256 * 1024, "x");
const RECORD = Buffer.from(`{"status":"${"x".repeat(1000)}"}\n`.repeat(256));

/** What the output options of most tests are. */
export const both = { stdout: true, stderr: true } as const;
export const attached = { stream: true, stdin: true, stdout: true } as const;

/** How the container, image or exec is named that an answer is about. */
interface Subject {
  /** Its output has no frames. */
  readonly isRaw: boolean;
  /** Its output stops in the middle of a piece, and does not end. */
  readonly isHalf: boolean;
  readonly piece: Buffer;
  /** What stands before and after the pieces of a tar. */
  readonly begin?: Buffer;
  readonly end?: Buffer;
}

function subjectOf(url: string): Subject {
  const isRaw = url.includes("tty");
  const isJson = /\/(events|stats|images\/create)/.test(url);
  const isLog = /\/(logs|attach|exec)/.test(url);
  const isTar = /\/(get|archive)/.test(url);
  return {
    ...(isTar && { begin: tarHeader({ name: "layer.tar", size: OFFERED }), end: TAR_END }),
    isRaw,
    isHalf: /half|deaf/.test(url),
    piece: isJson ? RECORD : isLog && !isRaw ? frame("stdout", PIECE) : PIECE,
  };
}

/** Writes as fast as it is let. */
async function flood(sink: Writable, { isHalf, piece, begin, end }: Subject): Promise<void> {
  if (isHalf) {
    sink.write(piece.subarray(0, 20));
    return;
  }
  if (begin) sink.write(begin);
  for (let sent = 0; sent < OFFERED && !sink.destroyed; sent += piece.length) {
    if (sink.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        sink.off("drain", goOn).off("close", goOn);
        resolve();
      };
      sink.on("drain", goOn).on("close", goOn);
    });
  }
  sink.end(end);
}

const contentType = ({ isRaw }: Subject): string =>
  `application/vnd.docker.${isRaw ? "raw" : "multiplexed"}-stream`;

/** A server that has as much to say as anyone takes, in the form that the operation asked for has. */
function fastServer(): Server {
  const server = createServer((request, response) => {
    const subject = subjectOf(request.url ?? "");
    response.writeHead(200, { "content-type": contentType(subject) });
    void flood(response, subject);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const url = request.url ?? "";
    const subject = subjectOf(url);
    socket.on("error", () => undefined);
    if (url.includes("/attach/ws")) {
      sockets.handleUpgrade(request, socket, head, async (websocket) => {
        if (url.includes("deaf")) websocket.pause();
        if (subject.isHalf) return websocket.send("half");
        for (let sent = 0; sent < OFFERED && websocket.readyState === websocket.OPEN; sent += PIECE.length) {
          await new Promise<void>((resolve) => websocket.send(PIECE, () => resolve()));
        }
        websocket.close(1000);
      });
      return;
    }
    socket.write(
      `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${contentType(subject)}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
    );
    void flood(socket, subject);
  });
  return server;
}

/** The server's only client. */
export interface FastServer {
  readonly docker: Docker;
  /** What the client has taken from its connections. */
  readonly taken: () => number;
  /** Those that it has not closed. */
  readonly connections: () => number;
}

/** Runs the server and its client; several may run side by side. */
export async function withFastServer(
  transport: "unix" | "tcp",
  use: (server: FastServer) => Promise<void>,
): Promise<void> {
  const opened: Socket[] = [];
  const here = new AsyncLocalStorage<true>();
  const onSocket = (message: unknown): void => {
    if (here.getStore()) opened.push((message as { socket: Socket }).socket);
  };
  subscribe("net.client.socket", onSocket);
  try {
    await here.run(true, () =>
      withClientOf(
        fastServer(),
        (docker) =>
          use({
            docker,
            taken: () => opened.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
            connections: () => opened.filter(({ destroyed }) => !destroyed).length,
          }),
        { transport },
      ),
    );
  } finally {
    unsubscribe("net.client.socket", onSocket);
  }
}
