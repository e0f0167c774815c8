import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import net, { type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { listen, type RunningServer } from "./listen.js";

/** What Node's own pipes do and show: those before and since libuv 1.49. */
export interface PipeKind {
  readonly node: string;
  /** Whether a read of nothing shows, in a buffer of the caller's. */
  readonly showsEmptyReads: boolean;
}

/** Libuv closes a pipe that was ended after this much silence. */
const SILENCE_MS = 50;
/** What arrives within this time is on the pipe when it is read. */
const GATHER_MS = 10;
const PREFIX = "//./pipe";

/** Options of net.connect() that matter to a pipe. */
interface ConnectOptions {
  readonly path: string;
  readonly onread?: { buffer: Uint8Array; callback(length: number, buffer: Uint8Array): boolean };
}

/** What Node names the handle of a pipe, as far as it is used. */
class Pipe {
  bytesRead = 0;
  readonly getAsyncId = (): number => 0;

  constructor(public onread: (bytes: Buffer | undefined) => void) {}
}

/**
 * A Windows pipe in message mode, as Node's sockets show it; test/windows has the real thing. Behind it is the socket of a
 * server, to which an empty message is the end of input, as Docker Desktop's proxy has it; the server's end of output comes as
 * an empty message. `end()` sends none: it closes the pipe after 50 ms of silence.
 */
class WindowsPipe extends Duplex {
  connecting = true;
  bytesRead = 0;
  readonly _handle: Pipe;
  readonly #server: Socket;
  readonly #options: ConnectOptions;
  readonly #kind: PipeKind;
  readonly #arriving: Buffer[] = [];
  #gathering: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;

  constructor(options: ConnectOptions, kind: PipeKind) {
    super({ allowHalfOpen: false });
    this.#options = options;
    this.#kind = kind;
    this._handle = new Pipe((bytes) => bytes && this.#take(bytes));
    const path = options.path.slice(PREFIX.length);
    this.#server = realConnect({ path, allowHalfOpen: true });
    this.#server
      .on("connect", () => {
        this.connecting = false;
        this.emit("connect");
        this.#server.on("data", (bytes: Buffer) => this.#arrived(bytes));
      })
      // The pipe itself stays open, as the Engine leaves it.
      .on("end", () => {
        this.#readAll();
        this.#read(undefined);
      })
      .on("error", (error) => this.destroy(error));
  }

  /** What arrives together is read together, as far as the buffer allows. After a full read libuv tries once more, in vain. */
  #arrived(bytes: Buffer): void {
    this.#silence?.refresh();
    this.#arriving.push(bytes);
    this.#gathering ??= setTimeout(() => this.#readAll(), GATHER_MS);
  }

  #readAll(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const bytes = Buffer.concat(this.#arriving.splice(0));
    const size = this.#options.onread?.buffer.length ?? 64 * 1024;
    for (let from = 0; from < bytes.length; from += size) this.#read(bytes.subarray(from, from + size));
    if (bytes.length > 0 && bytes.length % size === 0) this.#read(undefined);
  }

  #read(bytes: Buffer | undefined): void {
    if (this.destroyed || (bytes === undefined && !(this.#kind.showsEmptyReads && this.#options.onread)))
      return;
    const length = bytes?.length ?? 0;
    this.bytesRead += length;
    this._handle.bytesRead += length;
    this._handle.onread(bytes);
  }

  #take(bytes: Buffer): void {
    const { onread } = this.#options;
    if (onread) bytes.copy(onread.buffer);
    const goesOn = onread ? onread.callback(bytes.length, onread.buffer) : this.push(Buffer.from(bytes));
    if (!goesOn) this.#server.pause();
  }

  ref = (): this => this;
  unref = this.ref;
  setKeepAlive = this.ref;
  setNoDelay = this.ref;
  setTimeout = this.ref;

  override _read(): void {
    this.#server.resume();
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.connecting) this.#server.once("connect", () => this._write(bytes, _, done));
    else if (bytes.length > 0) this.#server.write(bytes, done);
    else this.#server.end(done);
  }

  /** Several pieces are one message, as in libuv. */
  override _writev(pieces: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), "utf8", done);
  }

  override _final(done: () => void): void {
    this.#silence = setTimeout(() => {
      this.#server.destroy();
      this.push(null);
    }, SILENCE_MS);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#gathering);
    this.#server.destroy();
    done(error);
  }
}

const realConnect = net.connect;

/** The program of test/windows/pipe-proxy.c, on Windows. */
const PROXY = process.env.PIPE_PROXY;

/** The pipes to test with: the system's own if there are any, else those of a Node before and since libuv 1.49. */
export const PIPE_KINDS: readonly PipeKind[] = PROXY
  ? [{ node: `Node ${process.versions.node} on ${process.platform}`, showsEmptyReads: true }]
  : [
      { node: "a Node that shows empty reads", showsEmptyReads: true },
      { node: "a Node that does not show empty reads", showsEmptyReads: false },
    ];

/**
 * Makes this system Windows, where the pipe `//./pipe/PATH` leads to the socket at PATH; nothing to do on Windows itself.
 *
 * @returns a function that ends it
 */
export function simulateWindows(kind: PipeKind): () => void {
  if (PROXY) return () => undefined;
  const platform = Object.getOwnPropertyDescriptor(process, "platform") as PropertyDescriptor;
  Object.defineProperty(process, "platform", { ...platform, value: "win32" });
  const connect = jest.spyOn(net, "connect").mockImplementation(((to: string | ConnectOptions) => {
    const options = typeof to === "string" ? { path: to } : to;
    const isPipe = options.path?.startsWith(PREFIX);
    return isPipe ? new WindowsPipe(options, kind) : realConnect(options as never);
  }) as never);
  return () => {
    connect.mockRestore();
    Object.defineProperty(process, "platform", platform);
  };
}

/** Has a server listen behind a pipe, which `simulateWindows` makes possible elsewhere: `//./pipe` and its `path`. */
export async function listenOnPipe(server: Server): Promise<RunningServer> {
  if (!PROXY) {
    const running = await listen(server);
    return { ...running, host: `npipe:////./pipe${running.path}` };
  }
  const running = await listen(server, "tcp");
  const path = `/${randomUUID()}`;
  const { port } = new URL(running.host);
  const proxy = spawn(PROXY, [`\\\\.\\pipe\\${path.slice(1)}`, port], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(proxy.stdout, "data");
  const close = async (): Promise<void> => {
    proxy.kill();
    await once(proxy, "close");
    await running.close();
  };
  return { ...running, path, host: `npipe:////./pipe${path}`, close };
}
