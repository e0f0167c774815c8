import { connect, type Socket } from "node:net";
import { connect as connectTls, type SecureVersion } from "node:tls";
import type { Endpoint, TlsMaterial } from "../config/index.js";

/** NAT and firewalls drop connections that stay silent; the Engine's may be silent for hours. */
export const TCP_KEEP_ALIVE_MS = 30_000;

/** TLS as Node's clients want it. */
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

/** Opens a connection of its own to an Engine that is not behind ssh. */
export function dial(endpoint: Exclude<Endpoint, { kind: "ssh" }>): Socket {
  switch (endpoint.kind) {
    case "unix":
      return connect({ path: endpoint.socketPath });
    case "npipe":
      return connect({ path: endpoint.path });
    case "tcp": {
      const { hostname: host, port, tls } = endpoint;
      const options = {
        host,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
      };
      return tls ? connectTls({ ...options, ...tlsOptions(tls) }) : connect(options);
    }
  }
}
