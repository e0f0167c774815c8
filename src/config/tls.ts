import { checkOptions, type Rule, type Rules, rule } from "../arguments.js";
import { ConfigError } from "../errors.js";
import type { TlsOptions } from "../options.js";
import type { Equivalents } from "../unknown-option.js";
import { configFolder } from "./config-file.js";
import type { TlsMaterial } from "./endpoint.js";
import { type ConfigInput, joinPath, readFile } from "./machine.js";
import { type Pem, type TlsParts, tlsMaterial } from "./tls-material.js";

/** Reads the files that exist in a TLS folder. */
export function readTlsFolder(input: ConfigInput, folder: string): Pick<TlsParts, "ca" | "cert" | "key"> {
  const read = (file: string): Pem | undefined => {
    const name = joinPath(input, folder, file);
    const content = readFile(input, name);
    return content && { name, content };
  };
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}

const PEM: Rule = {
  must: "PEM, as text or bytes",
  check: (value) => typeof value === "string" || value instanceof Uint8Array,
  secret: true,
};

const RULES: Rules<TlsOptions> = {
  ca: PEM,
  cert: PEM,
  key: PEM,
  folder: rule.text,
  verify: rule.boolean,
};

const EQUIVALENTS: Equivalents = {
  caFile: "ca: readFileSync(path), or folder",
  certFile: "cert: readFileSync(path), or folder",
  keyFile: "key: readFileSync(path), or folder",
  certPath: "folder",
  rejectUnauthorized: "verify",
  passphrase: {
    advice: 'decrypt the key ("openssl pkey -in key.pem -out plain.pem") and protect the file instead',
  },
  pfx: { advice: 'write cert and key as PEM ("openssl pkcs12 -in client.p12 -nodes")' },
};

/** Checks and copies the option `tls`. @throws {ConfigError} a member is unknown or has the wrong type */
export function checkTlsOptions(tls: TlsOptions): TlsOptions {
  return checkOptions(tls, RULES, { where: "The option tls", equivalents: EQUIVALENTS, error: ConfigError });
}

/** TLS from the option `tls`. */
export function tlsOfOptions(input: ConfigInput): TlsMaterial | undefined {
  const { tls } = input.options;
  if (tls === undefined) return undefined;
  const source = "the option tls";
  const option = (name: "ca" | "cert" | "key"): Pem | undefined => {
    const content = tls[name];
    return content === undefined ? undefined : { name: `The option tls.${name}`, content };
  };
  const files = tls.folder === undefined ? {} : readTlsFolder(input, tls.folder);
  const ca = option("ca") ?? files.ca;
  if (tls.folder !== undefined && !ca) throw noAuthority(input, tls.folder, "the option tls.folder");
  const cert = option("cert") ?? files.cert;
  const key = option("key") ?? files.key;
  return tlsMaterial({ ca, cert, key, verify: tls.verify ?? true, source });
}

/**
 * TLS from the environment, for hosts; contexts have their own. DOCKER_TLS_VERIFY enables TLS; DOCKER_TLS or
 * DOCKER_CERT_PATH alone enable it without verification. "0" and "false" are not empty, so they mean yes.
 */
export function tlsOfEnvironment(input: ConfigInput): TlsMaterial | undefined {
  const { DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH } = input.env;
  const named = Object.entries({ DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH }).filter(
    ([, value]) => value,
  );
  if (named.length === 0) return undefined;
  const source = named.map(([name]) => name).join(" and ");
  const folder = DOCKER_CERT_PATH || configFolder(input);
  const files = readTlsFolder(input, folder);
  if (!files.ca) throw noAuthority(input, folder, source);
  return tlsMaterial({ ...files, verify: Boolean(DOCKER_TLS_VERIFY), source });
}

/** The CLI requires this file too, so that a mistyped folder is not taken for one without certificates. */
function noAuthority(input: ConfigInput, folder: string, source: string): ConfigError {
  const missing = joinPath(input, folder, "ca.pem");
  return new ConfigError(
    `${missing} does not exist, and ${source} asks for TLS with it. ` +
      "Put ca.pem there and, for a client certificate, cert.pem and key.pem.",
  );
}
