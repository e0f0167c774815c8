import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describeEndpoint, type Endpoint } from "../../config/index.js";
import { ConnectionError } from "../../errors.js";
import { socketLike } from "../dial/socket-methods.js";
import { Pong } from "./pong.js";

type SshEndpoint = Extract<Endpoint, { kind: "ssh" }>;

/** What the docker CLI gives ssh; our own limit comes first unless it is longer. */
const CONNECT_TIMEOUT_S = 30;
const STDERR_LIMIT = 8 * 1024;
const COMMAND_NOT_FOUND = 127;

/** ssh does not tell when it has got through, so the Engine is asked for a sign of life. */
const PING = "HEAD /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

/**
 * The arguments of `ssh`. The host cannot be taken for an option, because `--` is before it, and the socket's path
 * reaches the remote shell quoted.
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
 * A connection to an Engine through the system's own `ssh`, so that the user's configuration, agent and known hosts
 * apply. As a socket, it is connecting until the Engine has answered a ping; what is written before waits.
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
    this.#child = spawn("ssh", sshArguments(endpoint, connectTimeout), options);
    const { stdin, stdout, stderr } = this.#child;
    this.#child.once("error", (error: NodeJS.ErrnoException) => {
      const problem = error.code === "ENOENT" ? "the command ssh is not installed here" : error.message;
      this.destroy(this.#failure(problem, error));
    });
    // A process that may open no more files gets a child without them; the error that comes next says so.
    if (!stdout) return;
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LIMIT);
    });
    stdout.on("data", (chunk: Buffer) => this.#received(chunk));
    // Only at "close" has all of stderr arrived, which says why.
    this.#child.once("close", (code) => this.#ended(code));
    // What cannot be written is explained by how ssh ends.
    stdin.on("error", () => undefined);
    stdin.write(PING);
  }

  /** As of a socket. */
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
    // Output that nobody reads any more would keep its pipe open, though ssh has ended.
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
        "what answered is no Docker Engine; if the shell there greets, have it do so on terminals only";
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
      "Check that `ssh` reaches the machine by itself (host key, key, user) and that docker is installed there.";
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
    // Node gives them sockets; Bun, streams that have neither method.
    for (const part of [this.#child, stdin, stdout, stderr])
      (part as Partial<Socket> | undefined)?.[method]?.();
    return this;
  }
}
