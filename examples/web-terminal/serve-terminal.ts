// A shell of a container in the browser. Needs ws, and @xterm/xterm for the page.
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Docker } from "docker-engine-sdk";
import { type RawData, type WebSocket, WebSocketServer } from "ws";

const { resolve } = createRequire(import.meta.url);

/** The page and what it loads. */
const FILES: Readonly<Record<string, { path: string; type: string }>> = {
  "/": { path: fileURLToPath(new URL("page.html", import.meta.url)), type: "text/html" },
  "/xterm.js": { path: resolve("@xterm/xterm/lib/xterm.js"), type: "text/javascript" },
  "/xterm.css": { path: resolve("@xterm/xterm/css/xterm.css"), type: "text/css" },
};

/**
 * Serves the page and, at /terminal, what is behind it: a shell of the container for each visitor. Nobody has to log in: see to
 * that, and check the Origin of WebSockets, before others can reach it.
 */
export function serveTerminal(docker: Docker, container: string, command: string[] = ["sh"]): Server {
  const server = createServer(async ({ url = "/" }, response) => {
    const file = FILES[url];
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": file.type }).end(await readFile(file.path));
  });
  const sockets = new WebSocketServer({ server, path: "/terminal", maxPayload: 64 * 1024 });
  sockets.on("connection", (socket) => {
    // Too long a message, or a broken connection: it is closed next.
    socket.on("error", () => undefined);
    connect(docker, container, command, socket).catch((error) =>
      socket.close(1011, error.message.slice(0, 100)),
    );
  });
  return server;
}

/** Binary messages are what is typed and shown; a text message is a new size: {"columns":80,"rows":24}. */
async function connect(
  docker: Docker,
  container: string,
  command: string[],
  socket: WebSocket,
): Promise<void> {
  // When the visitor leaves, the shell is killed with all that was started in it.
  const leaving = new AbortController();
  socket.once("close", () => leaving.abort());
  socket.pause();
  const shell = await docker.spawn(container, command, { tty: true, signal: leaving.signal });

  const take = async (data: RawData, isBinary: boolean): Promise<unknown> =>
    isBinary
      ? new Promise((written) => shell.stdin.write(data, written))
      : shell.resize(JSON.parse(String(data)));
  // One after the other, so that what is typed after a resize sees the new size.
  let taken: Promise<void> = Promise.resolve();
  socket.on("message", (data, isBinary) => {
    socket.pause();
    taken = taken
      .then(() => take(data, isBinary))
      .catch((error) => socket.close(1008, error.message.slice(0, 100)))
      .then(() => socket.resume());
  });
  socket.resume();
  // The next piece is read when this one is sent: a slow visitor slows the shell.
  for await (const piece of shell.stdout) await new Promise((sent) => socket.send(piece, sent));
  socket.close(1000, `exit code ${await shell.exitCode}`);
}
