/** TLS for a tcp:// or https:// host. An empty object asks for TLS with the platform's authorities. */
export interface TlsOptions {
  /** Who may have signed the Engine's certificate, as PEM; the platform's authorities by default. */
  readonly ca?: Buffer | string | undefined;
  /** The client's certificate, as PEM; needs `key`. */
  readonly cert?: Buffer | string | undefined;
  /** The client's private key, as PEM and not encrypted; needs `cert`. */
  readonly key?: Buffer | string | undefined;
  /** A folder with ca.pem and, for a client certificate, cert.pem and key.pem; what is given above goes before it. */
  readonly folder?: string | undefined;
  /** Whether the Engine has to prove who it is; true by default. With false, anyone on the way can read and change all. */
  readonly verify?: boolean | undefined;
}
