import type { Connect } from "../options.js";

/** TLS of one address, ready for use: read, and checked as far as can be without connecting. */
export interface TlsMaterial {
  /** Who may have signed the Engine's certificate, as PEM; the platform's authorities if left out. */
  readonly ca?: Buffer | string;
  /** The client's certificate, as PEM; never without `key`. */
  readonly cert?: Buffer | string;
  /** The client's private key, as PEM. */
  readonly key?: Buffer | string;
  /** Whether the Engine has to prove who it is. */
  readonly verify: boolean;
  /** Where the material is from; named in errors. */
  readonly source: string;
}

/** Where an Engine listens. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | {
      readonly kind: "npipe";
      /** As the system wants it: `//./pipe/docker_engine`. */
      readonly path: string;
    }
  | {
      readonly kind: "tcp";
      /** An IPv6 address is without its brackets. */
      readonly hostname: string;
      readonly port: number;
      /** What goes before every path: empty, or beginning with a slash and ending without. */
      readonly basePath: string;
      /** HTTPS if present, plain HTTP if not. */
      readonly tls?: TlsMaterial;
    }
  | {
      readonly kind: "ssh";
      /** Holds, as does `hostname`, only letters, digits and `._-:@%+`, and does not begin with a dash. */
      readonly user?: string;
      readonly hostname: string;
      readonly port?: number;
      /** The Engine's socket on that machine; what docker finds there, if left out. */
      readonly socketPath?: string;
    }
  | { readonly kind: "connect"; readonly connect: Connect };

/** An address as shown to people, in a form {@link parseHost} reads. */
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
