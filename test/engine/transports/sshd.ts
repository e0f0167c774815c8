import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { until } from "../engine.js";
import { forwardTcp } from "./forward.js";

const run = promisify(execFile);

/** The hosts that the user's ssh configuration has names for. */
export type SshHost = "engine" | "no-docker" | "unknown-key" | "wrong-key" | "nobody";

/** A real sshd on this machine. While it runs, `ssh` knows its hosts, as if by the user's own configuration. */
export interface Sshd extends AsyncDisposable {
  readonly host: (name: SshHost) => string;
  /** What a client of its own needs. */
  readonly login: {
    readonly port: number;
    readonly username: string;
    readonly privateKey: string;
    /** Of the host's key, as `ssh-keygen -lf` shows it, without "SHA256:". */
    readonly fingerprint: string;
  };
}

/**
 * Starts an sshd on a free port, with keys of its own.
 *
 * @param socket the Engine that `docker` finds on the other side
 */
export async function startSshd(socket: string): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), "sdk-sshd-"));
  const file = (name: string): string => join(folder, name);
  for (const key of ["host", "good", "bare", "wrong"]) {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(key)]);
  }
  const port = await freePort();
  const { username } = userInfo();
  const [good, bare, host] = await Promise.all(
    ["good", "bare", "host"].map((key) => readFile(file(`${key}.pub`), "utf8")),
  );
  // One of the keys gets a shell that finds no docker.
  const nowhere = 'command="PATH=/nowhere; eval \\"$SSH_ORIGINAL_COMMAND\\""';
  await writeFile(file("authorized_keys"), `${good}${nowhere} ${bare}`);
  await writeFile(file("known_hosts"), `[127.0.0.1]:${port} ${host}`);
  await writeFile(file("nobody"), "");
  await writeFile(
    file("sshd_config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${file("host")}`,
      `AuthorizedKeysFile ${file("authorized_keys")}`,
      "StrictModes no",
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      "PidFile none",
      `SetEnv PATH=${process.env.PATH} DOCKER_HOST=unix://${socket}`,
    ].join("\n"),
  );
  const entry = (name: SshHost, key: string, known: string, at = port): string =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${at}\n  IdentityFile ${file(key)}\n  UserKnownHostsFile ${file(known)}\n`;
  await writeFile(
    file("ssh_config"),
    [
      entry("engine", "good", "known_hosts"),
      entry("no-docker", "bare", "known_hosts"),
      entry("unknown-key", "good", "nobody"),
      entry("wrong-key", "wrong", "known_hosts"),
      entry("nobody", "good", "known_hosts", 1),
      `Host *\n  User ${username}\n  IdentitiesOnly yes\n  IdentityAgent none\n  BatchMode yes\n  StrictHostKeyChecking yes\n  GlobalKnownHostsFile ${file("nobody")}\n`,
    ].join("\n"),
  );
  // ssh looks for its configuration in the home of the user whatever HOME says, so it is told.
  const { stdout: ssh } = await run("sh", ["-c", "command -v ssh"]);
  await mkdir(file("bin"));
  await writeFile(file("bin/ssh"), `#!/bin/sh\nexec ${ssh.trim()} -F ${file("ssh_config")} "$@"\n`);
  await chmod(file("bin/ssh"), 0o755);
  const path = process.env.PATH;
  process.env.PATH = `${file("bin")}${delimiter}${path}`;

  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true });
  const { stdout: sshd } = await run("sh", ["-c", "PATH=$PATH:/usr/sbin:/sbin command -v sshd"]);
  const daemon = spawn(sshd.trim(), ["-D", "-e", "-f", file("sshd_config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  daemon.stderr.on("data", (text) => {
    log += text;
  });
  await until("sshd listens", async () => {
    if (daemon.exitCode !== null) throw new Error(`sshd ended: ${log}`);
    return listens(port);
  });
  return {
    host: (name) => `ssh://${name}`,
    login: {
      port,
      username,
      privateKey: await readFile(file("good"), "utf8"),
      fingerprint: createHash("sha256")
        .update(Buffer.from(host?.split(" ")[1] ?? "", "base64"))
        .digest("base64")
        .replace(/=+$/, ""),
    },
    [Symbol.asyncDispose]: async () => {
      process.env.PATH = path;
      const ended = once(daemon, "close");
      daemon.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  await using listener = await forwardTcp("");
  return listener.port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
