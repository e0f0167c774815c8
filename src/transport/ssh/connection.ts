import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describeEndpoint, type Endpoint } from "../../config/index.js";
import { ConnectionError } from "../../errors.js";
import { socketLike } from "../dial/socket-methods.js";
import { Pong } from "./pong.js";

type SshEndpoint = Extract<Endpoint, { kind: "ssh" }>;

/** The docker CLI's timeout for ssh; ours applies first unless it is longer. */
const CONNECT_TIMEOUT_S = 30;
const STDERR_LIMIT = 8 * 1024;
const COMMAND_NOT_FOUND = 127;

/** ssh does not report when it is connected, so the Engine is pinged. */
const PING = "HEAD /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

/**
 * The arguments of `ssh`. `--` keeps the host from being taken for an option, and the socket's path is quoted for the
 * remote shell.
 */
export function sshArguments(
  { user, hostname, port, socketPath }: SshEndpoint,
  connectTimeout: number,
): string[] {
  const quoted = socketPath?.replaceAll("'", "'\\''");
  const seconds = Math.max(CONNECT_TIMEOUT_S, Math.ceil(connectTimeout / 1000));
  return [
    ...(user ? ["-l", user] : []),
    ...(port ? ["-p", String(port)] : []),
    ...["-o", `ConnectTimeout=${seconds}`, "-T", "--", hostname],
    quoted ? `docker '--host=unix://${quoted}' system dial-stdio` : "docker system dial-stdio",
  ];
}

/**
 * A connection to an Engine through the system's `ssh`, so that the user's configuration, agent and known hosts apply.
 * Like a socket, it is connecting until the Engine has answered a ping; earlier writes wait.
 */
export class SshConnection extends Duplex {
  readonly #endpoint: SshEndpoint;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pong = new Pong();
  #connecting = true;
  #stderr = "";

  constructor(endpoint: SshEndpoint, connectTimeout: number) {
    super({ allowHalfOpen: true });
    socketLike(this);
    this.#endpoint = endpoint;
    const options = { env: process.env, windowsHide: true };
    this.#child = process
      .getBuiltinModule("node:child_process")
      .spawn("ssh", sshArguments(endpoint, connectTimeout), options);
    const { stdin, stdout, stderr } = this.#child;
    this.#child.once("error", (error: NodeJS.ErrnoException) => {
      const problem = error.code === "ENOENT" ? "the command ssh is not installed here" : error.message;
      this.destroy(this.#failure(problem, error));
    });
    // When no more files can be opened, the child has no streams; the error event that follows says why.
    if (!stdout) return;
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LIMIT);
    });
    stdout.on("data", (chunk: Buffer) => this.#received(chunk));
    // Only on "close" is stderr complete, which says why.
    this.#child.once("close", (code) => this.#ended(code));
    // How ssh exits explains why writing failed.
    stdin.on("error", () => undefined);
    stdin.write(PING);
  }

  /** Like a socket's. */
  get connecting(): boolean {
    return this.#connecting;
  }

  override _read(): void {
    this.#child.stdout?.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#connecting) this.once("connect", () => this._write(chunk, encoding, done));
    else this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#connecting) this.once("connect", () => this._final(done));
    else this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#child.kill();
    // Output that nobody reads would keep its pipe open, though ssh has ended.
    for (const pipe of this.#child.stdio) pipe?.destroy();
    done(error);
  }

  #received(chunk: Buffer): void {
    if (!this.#connecting) {
      if (!this.push(chunk)) this.#child.stdout.pause();
      return;
    }
    try {
      if (!this.#pong.add(chunk)) return;
      this.#connecting = false;
      this.emit("connect");
    } catch (error) {
      const talk =
        "the answer is not a Docker Engine's; if the remote shell prints a greeting, restrict it to terminals";
      this.destroy(this.#failure(talk, error as Error));
    }
  }

  #ended(code: number | null): void {
    if (code === 0 && !this.#connecting) this.push(null);
    else {
      const said = this.#stderr.trim() || `ssh ended with code ${code}`;
      const missing = code === COMMAND_NOT_FOUND ? "the command docker is not installed there: " : "";
      this.destroy(this.#failure(missing + said));
    }
  }

  #failure(problem: string, cause?: Error): ConnectionError {
    const advice =
      "Check that `ssh` alone can reach the machine (host key, key, user) and that docker is installed there.";
    const message = `Cannot reach a Docker Engine at ${describeEndpoint(this.#endpoint)}: ${problem.replace(/\.$/, "")}. ${advice}`;
    return new ConnectionError(message, { cause });
  }

  /** An idle connection must not keep the process alive. */
  ref(): this {
    return this.#each("ref");
  }

  unref(): this {
    return this.#each("unref");
  }

  #each(method: "ref" | "unref"): this {
    const { stdin, stdout, stderr } = this.#child;
    // Sockets in Node; in Bun, streams without these methods.
    for (const part of [this.#child, stdin, stdout, stderr])
      (part as Partial<Socket> | undefined)?.[method]?.();
    return this;
  }
}
