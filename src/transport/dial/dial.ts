import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureVersion } from "node:tls";
import type { Endpoint, TlsMaterial } from "../../config/index.js";
import type { Lifetime } from "../lifetime.js";
import { dialOwn } from "./connect.js";
import { dialLocal } from "./local.js";
import { dialPipe } from "./pipe.js";
import { openSocket } from "./socket.js";

/** NAT and firewalls drop silent connections, and an Engine's may be silent for hours. */
export const TCP_KEEP_ALIVE_MS = 30_000;

/** Opens a connection for a call; one returned synchronously may still be connecting. */
export type Dial = (lifetime: Lifetime) => Duplex | Promise<Duplex>;

/** TLS options of Node's clients. */
export function tlsOptions({ ca, cert, key, verify }: TlsMaterial) {
  const minVersion: SecureVersion = "TLSv1.2";
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: verify,
    minVersion,
  };
}

/** Opens connections to an Engine that is not behind ssh. */
export function dialer(endpoint: Exclude<Endpoint, { kind: "ssh" }>): Dial {
  switch (endpoint.kind) {
    case "unix":
      return (lifetime) => dialLocal({ path: endpoint.socketPath }, lifetime);
    case "npipe":
      return (lifetime) => dialPipe(endpoint.path, lifetime);
    case "tcp":
      return () => dialTcp(endpoint);
    case "connect":
      return (lifetime) => dialOwn(endpoint.connect, lifetime);
  }
}

function dialTcp({ hostname: host, port, tls }: Extract<Endpoint, { kind: "tcp" }>): Socket {
  const socket = tls
    ? process.getBuiltinModule("node:tls").connect({ host, port, ...serverName(host), ...tlsOptions(tls) })
    : openSocket({ host, port });
  // Not passed as options, which TLS sockets ignore.
  return socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
}

const serverName = (host: string) => (isIP(host) ? {} : { servername: host });
