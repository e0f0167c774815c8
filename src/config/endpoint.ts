import type { Connect } from "../options.js";

/** TLS of one address, ready to use: read, and checked as far as possible without connecting. */
export interface TlsMaterial {
  /** Certificate authorities to trust, as PEM; the platform's by default. */
  readonly ca?: Buffer | string;
  /** The client's certificate, as PEM; never without `key`. */
  readonly cert?: Buffer | string;
  /** The client's private key, as PEM. */
  readonly key?: Buffer | string;
  /** Whether to verify the Engine's certificate. */
  readonly verify: boolean;
  /** Where the TLS settings come from; named in errors. */
  readonly source: string;
}

/** A socket, and the Engine that listens on it. */
interface Socket {
  readonly path: string;
  readonly owner: string;
}

/** The sockets that were looked for, in order. */
export interface SocketSearch {
  readonly found: readonly Socket[];
  readonly missing: readonly Socket[];
}

/** Where an Engine listens. */
export type Endpoint =
  | {
      readonly kind: "unix";
      readonly socketPath: string;
      /** How it was chosen, if by no setting. */
      readonly search?: SocketSearch;
    }
  | {
      readonly kind: "npipe";
      /** In the system's form: `//./pipe/docker_engine`. */
      readonly path: string;
    }
  | {
      readonly kind: "tcp";
      /** IPv6 addresses have no brackets. */
      readonly hostname: string;
      readonly port: number;
      /** Prefix of every path: empty, or starts with a slash and does not end with one. */
      readonly basePath: string;
      /** HTTPS if present, otherwise plain HTTP. */
      readonly tls?: TlsMaterial;
    }
  | {
      readonly kind: "ssh";
      /** Like `hostname`, has only letters, digits and `._-:@%+`, and does not start with a dash. */
      readonly user?: string;
      readonly hostname: string;
      readonly port?: number;
      /** The Engine's socket on that machine; docker's default there if omitted. */
      readonly socketPath?: string;
    }
  | { readonly kind: "connect"; readonly connect: Connect };

/** Formats an address for messages, in a form that {@link parseHost} accepts. */
export function describeEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "unix":
      return `unix://${endpoint.socketPath}`;
    case "npipe":
      return `npipe://${endpoint.path}`;
    case "tcp":
      return `${endpoint.tls ? "https" : "tcp"}://${authority(endpoint)}${endpoint.basePath}`;
    case "ssh":
      return `ssh://${authority(endpoint)}${encodeURI(endpoint.socketPath ?? "")}`;
    case "connect":
      return "the option connect";
  }
}

function authority({ user, hostname, port }: { user?: string; hostname: string; port?: number }): string {
  const host = hostname.includes(":") ? `[${hostname.replace("%", "%25")}]` : hostname;
  return `${user ? `${encodeURIComponent(user)}@` : ""}${host}${port ? `:${port}` : ""}`;
}
