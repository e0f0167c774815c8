import { ConfigError } from "../errors.js";
import type { TlsMaterial } from "./endpoint.js";

/** A PEM, and its name in errors: a path or an option. */
export interface Pem {
  readonly name: string;
  readonly content: Buffer | string;
}

/** TLS settings of an address, not checked yet. */
export interface TlsParts {
  readonly ca?: Pem | undefined;
  readonly cert?: Pem | undefined;
  readonly key?: Pem | undefined;
  readonly verify: boolean;
  readonly source: string;
}

/**
 * Checks as much as possible without connecting. A failed handshake says less, and Node silently accepts a broken
 * authority, a certificate without its key, or the wrong kind of key.
 */
export function tlsMaterial({ ca, cert, key, verify, source }: TlsParts): TlsMaterial {
  if (ca) certificateKey(ca);
  if (cert && !key) throw new ConfigError(`${cert.name} is a certificate without its key (${source}).`);
  if (key && !cert) throw new ConfigError(`${key.name} is a key without its certificate (${source}).`);
  if (cert && key && !certificateKey(cert).equals(privateKeysPublic(key))) {
    throw new ConfigError(`${key.name} is not the key of the certificate ${cert.name} (${source}).`);
  }
  return {
    ...(ca && { ca: ca.content }),
    ...(cert && { cert: cert.content }),
    ...(key && { key: key.content }),
    verify,
    source,
  };
}

/** The public key of a certificate, the first if there are several. */
function certificateKey(pem: Pem): Buffer {
  return publicKey(pem, /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/, "certificate");
}

function privateKeysPublic(pem: Pem): Buffer {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem.content.toString())) {
    throw new ConfigError(
      `${pem.name} is encrypted, and there is no way to ask for its passphrase. ` +
        'Decrypt it ("openssl pkey -in key.pem -out plain.pem") and protect the file instead.',
    );
  }
  return publicKey(pem, /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/, "private key");
}

function publicKey({ name, content }: Pem, label: RegExp, what: string): Buffer {
  try {
    if (label.test(content.toString())) {
      const { createPublicKey } = process.getBuiltinModule("node:crypto");
      return createPublicKey(content).export({ type: "spki", format: "der" });
    }
  } catch (cause) {
    throw new ConfigError(`${name} is damaged: its ${what} cannot be read.`, { cause });
  }
  throw new ConfigError(`${name} has no ${what} in PEM form.`);
}
