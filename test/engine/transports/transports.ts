import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DockerOptions } from "../../../src/index.js";
import { anyEngine, fromEnvironment } from "../engine.js";
import { dockerCli } from "./cli-context.js";
import { forwardBelow, forwardTcp, type Listener } from "./forward.js";
import { noSocket } from "./no-socket.js";
import { startSshd } from "./sshd.js";

/** A way to reach an Engine. */
export interface Transport {
  readonly name: string;
  /** The Engine's own socket. */
  readonly socket: string;
  readonly open: (socket: string) => Promise<Opened>;
  /** A stream that cannot be told to leave the process alone keeps it alive while it is idle. */
  readonly exits?: readonly ("closed" | "idle")[];
}

/** What a client needs to take that way. */
export interface Opened extends AsyncDisposable {
  readonly options: DockerOptions;
  /** The same for a process of its own, if they are not told by what they are. */
  readonly argument?: string;
}

/** An Engine that listens on TCP with mutual TLS as well. */
export interface TlsEngine {
  readonly host: string;
  /** Its own socket. */
  readonly socket: string;
  /** A client's ca.pem, cert.pem and key.pem, and the authority's ca-key.pem. */
  readonly folder: string;
}

export const tlsEngine = ((): TlsEngine | undefined => {
  const folder = fromEnvironment("DOCKER_HOST_TLS_FOLDER", "the tests of mutual TLS and of contexts with it");
  const { DOCKER_HOST_TLS: host = "", DOCKER_HOST_TLS_SOCKET: socket = "" } = process.env;
  if (folder && !(host && socket))
    throw new Error("DOCKER_HOST_TLS and DOCKER_HOST_TLS_SOCKET belong to DOCKER_HOST_TLS_FOLDER");
  return folder ? { folder, host, socket: socket.replace("unix://", "") } : undefined;
})();

/** Whether commands that some tests are about are there. */
export function haveCommands(...commands: string[]): boolean {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const missing = commands.filter(
    (command) => spawnSync("sh", ["-c", `command -v ${command}`], { env }).status !== 0,
  );
  if (missing.length > 0)
    process.stderr.write(`engine tests: ${missing.join(", ")} not found, so the tests with it did not run\n`);
  return missing.length === 0;
}

const nothing = async (): Promise<void> => undefined;
const { host } = anyEngine;
const socket = host.replace("unix://", "");

const at = (listener: Listener, address: string): Opened => ({
  options: { host: address },
  [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
});

const general: readonly Transport[] = [
  { name: "unix", socket, open: async () => ({ options: { host }, [Symbol.asyncDispose]: nothing }) },
  {
    name: "tcp",
    socket,
    open: async () => {
      const listener = await forwardTcp(socket);
      return at(listener, `tcp://127.0.0.1:${listener.port}`);
    },
  },
  {
    name: "tcp over IPv6",
    socket,
    open: async () => {
      const listener = await forwardTcp(socket, "::1");
      return at(listener, `tcp://[::1]:${listener.port}`);
    },
  },
  {
    name: "tcp below a base path",
    socket,
    open: async () => {
      const listener = await forwardBelow("/engines/one", socket);
      return at(listener, `tcp://127.0.0.1:${listener.port}/engines/one`);
    },
  },
  {
    name: "connect with a socket",
    socket,
    open: async () => ({
      options: { connect: () => connect(socket) },
      argument: `connect:${socket}`,
      [Symbol.asyncDispose]: nothing,
    }),
  },
  {
    name: "connect with a stream that is not a socket",
    socket,
    open: async () => ({
      options: { connect: async () => noSocket(socket) },
      argument: `stream:${socket}`,
      [Symbol.asyncDispose]: nothing,
    }),
    exits: ["closed"],
  },
];

const overSsh: readonly Transport[] = [
  {
    name: "ssh",
    socket,
    open: async () => {
      const sshd = await startSshd(socket);
      return {
        options: { host: sshd.host("engine") },
        [Symbol.asyncDispose]: () => sshd[Symbol.asyncDispose](),
      };
    },
  },
  {
    name: "ssh with the socket's path",
    socket,
    open: async () => {
      const sshd = await startSshd("/nowhere");
      const address = `${sshd.host("engine")}${socket}`;
      return { options: { host: address }, [Symbol.asyncDispose]: () => sshd[Symbol.asyncDispose]() };
    },
  },
];

const overTls = ({ host, folder, socket }: TlsEngine): readonly Transport[] => [
  {
    name: "tcp with mutual TLS",
    socket,
    open: async () => ({ options: { host, tls: { folder } }, [Symbol.asyncDispose]: nothing }),
  },
];

/** A context with TLS that the docker CLI wrote, and one of the three ways to choose it. */
const byContext = (
  engine: TlsEngine,
  way: string,
  choose: (config: string) => Promise<DockerOptions>,
): Transport => ({
  name: `a context of the docker CLI, by ${way}`,
  socket: engine.socket,
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "sdk-context-"));
    const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) => join(engine.folder, name));
    const endpoint = `host=${engine.host},ca=${ca},cert=${cert},key=${key}`;
    await dockerCli(folder, "context", "create", "secure", "--docker", endpoint);
    return {
      options: await choose(folder),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
    };
  },
});

const overContexts = (engine: TlsEngine): readonly Transport[] => [
  byContext(engine, "name", async (DOCKER_CONFIG) => ({ context: "secure", env: { DOCKER_CONFIG } })),
  byContext(engine, "DOCKER_CONTEXT", async (DOCKER_CONFIG) => ({
    env: { DOCKER_CONFIG, DOCKER_CONTEXT: "secure" },
  })),
  byContext(engine, "currentContext", async (DOCKER_CONFIG) => {
    await dockerCli(DOCKER_CONFIG, "context", "use", "secure");
    return { env: { DOCKER_CONFIG } };
  }),
];

/** All transports of this run. */
export const transports: readonly Transport[] = [
  ...general,
  ...(haveCommands("ssh", "sshd", "docker") ? overSsh : []),
  ...(tlsEngine ? overTls(tlsEngine) : []),
  ...(tlsEngine && haveCommands("docker") ? overContexts(tlsEngine) : []),
];
