import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { describeEndpoint, type Endpoint } from "../config/index.js";
import { ConnectionError } from "../errors/index.js";

type SshEndpoint = Extract<Endpoint, { kind: "ssh" }>;

const CONNECT_TIMEOUT_S = 30;
const STDERR_LIMIT = 8 * 1024;

/**
 * The arguments of `ssh`. The host cannot be taken for an option, because `--` is before it, and the socket's path
 * reaches the remote shell quoted.
 */
export function sshArguments({ user, hostname, port, socketPath }: SshEndpoint): string[] {
  const quoted = socketPath?.replaceAll("'", "'\\''");
  return [
    ...(user ? ["-l", user] : []),
    ...(port ? ["-p", String(port)] : []),
    ...["-o", `ConnectTimeout=${CONNECT_TIMEOUT_S}`, "-T", "--", hostname],
    quoted ? `docker '--host=unix://${quoted}' system dial-stdio` : "docker system dial-stdio",
  ];
}

/**
 * A connection to an Engine through the system's own `ssh`, so that the user's configuration, agent and known hosts
 * apply. It looks like a socket to node:http.
 */
export class SshConnection extends Duplex {
  readonly #endpoint: SshEndpoint;
  readonly #child: ChildProcessWithoutNullStreams;
  #stderr = "";

  constructor(endpoint: SshEndpoint) {
    super({ allowHalfOpen: true });
    this.#endpoint = endpoint;
    this.#child = spawn("ssh", sshArguments(endpoint), { env: process.env, windowsHide: true });
    const { stdin, stdout, stderr } = this.#child;
    this.#child.once("error", (error: NodeJS.ErrnoException) => {
      const problem = error.code === "ENOENT" ? "the command ssh is not installed here" : error.message;
      this.destroy(this.#failure(problem, error));
    });
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LIMIT);
    });
    stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause();
    });
    // Only at "close" has all of stderr arrived, which says why.
    this.#child.once("close", (code) => {
      if (code) this.destroy(this.#failure(this.#stderr.trim() || `ssh ended with code ${code}`));
      else this.push(null);
    });
    // What cannot be written is explained by how ssh ends.
    stdin.on("error", () => undefined);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }

  #failure(problem: string, cause?: Error): ConnectionError {
    const advice =
      "Check that `ssh` reaches the machine by itself (host key, key, user) and that docker is installed there.";
    const message = `Cannot reach a Docker Engine at ${describeEndpoint(this.#endpoint)}: ${problem.replace(/\.$/, "")}. ${advice}`;
    return new ConnectionError(message, { cause });
  }

  // What node:http asks of a socket.
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  /** An idle connection must not keep the process alive. */
  ref(): this {
    return this.#each((part) => part.ref());
  }

  unref(): this {
    return this.#each((part) => part.unref());
  }

  #each(act: (part: { ref(): void; unref(): void }) => void): this {
    const { stdin, stdout, stderr } = this.#child;
    for (const part of [this.#child, stdin, stdout, stderr])
      act(part as unknown as { ref(): void; unref(): void });
    return this;
  }
}
