import { type ConfigOptions, resolveConfig } from "../../../src/config/index.js";
import { ConfigError } from "../../../src/index.js";
import { makeCertificate } from "./certificates.js";
import { context, type Given, given } from "./given.js";

const { cert, key, encryptedKey } = makeCertificate();
const other = makeCertificate("ec");
const pair = { "cert.pem": cert, "key.pem": key };
const all = { "ca.pem": other.cert, ...pair };
const read = { ca: Buffer.from(other.cert), cert: Buffer.from(cert), key: Buffer.from(key) };

const folder = (path: string, files: Record<string, string> = all) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${path}/${name}`, content]));
const home = folder("/home/me/.docker");
const certs = folder("/certs");

const HOST = "tcp://10.0.0.5";
const tlsOf = ({ env, ...machine }: Given) => {
  const { endpoint } = resolveConfig(given({ env: { DOCKER_HOST: HOST, ...env }, ...machine }));
  return endpoint.kind === "tcp" ? endpoint.tls : undefined;
};

describe("the environment", () => {
  test.each<Given & { want: object | undefined }>([
    { env: {}, files: home, want: undefined },
    { env: { DOCKER_HOST: `${HOST}:2376` }, files: home, want: undefined },
    { env: { DOCKER_TLS_VERIFY: "" }, files: home, want: undefined },
    {
      env: { DOCKER_TLS_VERIFY: "1" },
      files: home,
      want: { ...read, verify: true, source: "DOCKER_TLS_VERIFY" },
    },
    {
      env: { DOCKER_TLS_VERIFY: "0" },
      files: home,
      want: { ...read, verify: true, source: "DOCKER_TLS_VERIFY" },
    },
    {
      env: { DOCKER_TLS_VERIFY: "1", DOCKER_CONFIG: "/etc/docker-cli" },
      files: folder("/etc/docker-cli"),
      want: { ...read, verify: true, source: "DOCKER_TLS_VERIFY" },
    },
    {
      env: { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" },
      files: certs,
      want: { ...read, verify: true, source: "DOCKER_TLS_VERIFY and DOCKER_CERT_PATH" },
    },
    {
      env: { DOCKER_CERT_PATH: "/certs" },
      files: certs,
      want: { ...read, verify: false, source: "DOCKER_CERT_PATH" },
    },
    {
      env: { DOCKER_TLS_VERIFY: "", DOCKER_CERT_PATH: "/certs" },
      files: certs,
      want: { ...read, verify: false, source: "DOCKER_CERT_PATH" },
    },
    { env: { DOCKER_TLS: "1" }, files: home, want: { ...read, verify: false, source: "DOCKER_TLS" } },
    {
      env: { DOCKER_TLS_VERIFY: "1" },
      files: folder("/home/me/.docker", { "ca.pem": other.cert }),
      want: { ca: read.ca, verify: true, source: "DOCKER_TLS_VERIFY" },
    },
    { env: { DOCKER_HOST: "https://h" }, want: { verify: true, source: "DOCKER_HOST" } },
    {
      env: { DOCKER_HOST: "https://h", DOCKER_TLS_VERIFY: "1" },
      files: home,
      want: { ...read, verify: true, source: "DOCKER_TLS_VERIFY" },
    },
    { env: { DOCKER_HOST: "unix:///x.sock", DOCKER_TLS_VERIFY: "1" }, want: undefined },
    { env: { DOCKER_HOST: "ssh://box", DOCKER_CERT_PATH: "/nowhere" }, want: undefined },
    { env: { DOCKER_HOST: "", DOCKER_CERT_PATH: "/nowhere" }, want: undefined },
    {
      env: { DOCKER_TLS_VERIFY: "1" },
      files: home,
      options: { host: HOST },
      want: { ...read, verify: true, source: "DOCKER_TLS_VERIFY" },
    },
  ])("$env and the options $options lead to TLS as wanted", ({ want, ...machine }) => {
    expect(tlsOf(machine)).toEqual(want);
  });

  test.each<Given & { says: string }>([
    {
      env: { DOCKER_TLS_VERIFY: "1" },
      says: "/home/me/.docker/ca.pem does not exist, and DOCKER_TLS_VERIFY asks",
    },
    {
      env: { DOCKER_CERT_PATH: "/certs" },
      files: folder("/certs", pair),
      says: "/certs/ca.pem does not exist",
    },
    {
      env: { DOCKER_CERT_PATH: "/certs" },
      files: folder("/certs", { "ca.pem": other.cert, "cert.pem": cert }),
      says: "/certs/cert.pem is a certificate without its key (DOCKER_CERT_PATH)",
    },
    {
      env: { DOCKER_CERT_PATH: "/certs" },
      files: {
        ...certs,
        "/certs/key.pem": Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" }),
      },
      says: "/certs/key.pem cannot be read: EACCES: permission denied",
    },
  ])("$env without the files is a ConfigError: $says", ({ says, ...machine }) => {
    expect(() => tlsOf(machine)).toThrow(ConfigError);
    expect(() => tlsOf(machine)).toThrow(says);
  });
});

const byContext = (tls: Record<string, string>, skip?: boolean): Given => ({
  env: { DOCKER_HOST: "", DOCKER_CONTEXT: "prod", DOCKER_TLS_VERIFY: "1" },
  files: context("prod", { Host: HOST, ...(skip !== undefined && { SkipTLSVerify: skip }) }, tls),
});
const source = 'the context "prod" (DOCKER_CONTEXT)';

describe("a context has its own, whatever the environment says", () => {
  test.each<Given & { why: string; want: object | undefined }>([
    { why: "no files", ...byContext({}, false), want: undefined },
    { why: "all files", ...byContext(all, false), want: { ...read, verify: true, source } },
    { why: "SkipTLSVerify left out", ...byContext(all), want: { ...read, verify: true, source } },
    { why: "all files, SkipTLSVerify", ...byContext(all, true), want: { ...read, verify: false, source } },
    {
      why: "an authority only",
      ...byContext({ "ca.pem": other.cert }),
      want: { ca: read.ca, verify: true, source },
    },
    {
      why: "a client certificate only",
      ...byContext(pair),
      want: { cert: read.cert, key: read.key, verify: true, source },
    },
    { why: "no files, SkipTLSVerify", ...byContext({}, true), want: { verify: false, source } },
  ])("$why", ({ want, ...machine }) => {
    expect(tlsOf(machine)).toEqual(want);
  });
});

describe("the option tls", () => {
  const option = "the option tls";
  test.each<{ tls: ConfigOptions["tls"]; want: object }>([
    { tls: {}, want: { verify: true, source: option } },
    { tls: { verify: false }, want: { verify: false, source: option } },
    { tls: { ca: other.cert }, want: { ca: other.cert, verify: true, source: option } },
    { tls: { ca: read.ca, cert, key }, want: { ca: read.ca, cert, key, verify: true, source: option } },
    { tls: { folder: "/certs" }, want: { ...read, verify: true, source: option } },
    { tls: { folder: "/certs", ca: cert }, want: { ...read, ca: cert, verify: true, source: option } },
    { tls: { folder: "/certs", verify: false }, want: { ...read, verify: false, source: option } },
    {
      tls: { folder: "/pair", ca: other.cert },
      want: { cert: read.cert, key: read.key, ca: other.cert, verify: true, source: option },
    },
  ])("row %# goes before the environment and before a context", ({ tls, want }) => {
    const files = { ...certs, ...home, ...folder("/pair", pair) };
    expect(tlsOf({ options: { tls }, env: { DOCKER_TLS_VERIFY: "1" }, files })).toEqual(want);
    const prod = context("prod", { Host: HOST, SkipTLSVerify: true });
    expect(tlsOf({ options: { tls, context: "prod" }, files: { ...files, ...prod } })).toEqual(want);
  });

  test.each<{ tls: ConfigOptions["tls"]; says: string }>([
    { tls: { ca: "" }, says: "The option tls.ca has no certificate in PEM form" },
    { tls: { ca: key }, says: "The option tls.ca has no certificate in PEM form" },
    {
      tls: { ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
      says: "The option tls.ca is damaged: its certificate cannot be read",
    },
    { tls: { cert }, says: "The option tls.cert is a certificate without its key" },
    { tls: { key }, says: "The option tls.key is a key without its certificate" },
    { tls: { cert, key: cert }, says: "The option tls.key has no private key in PEM form" },
    { tls: { cert, key: encryptedKey }, says: "The option tls.key is encrypted" },
    {
      tls: {
        cert,
        key: "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n",
      },
      says: "The option tls.key is encrypted",
    },
    {
      tls: { cert, key: makeCertificate().key },
      says: "The option tls.key is not the key of the certificate The option",
    },
    { tls: { cert, key: other.key }, says: "is not the key of the certificate" },
    { tls: { folder: "/nowhere" }, says: "/nowhere/ca.pem does not exist, and the option tls.folder asks" },
    { tls: { folder: "/half" }, says: "/half/key.pem is a key without its certificate (the option tls)" },
  ])("row %# is a ConfigError: $says", ({ tls, says }) => {
    const attempt = () =>
      tlsOf({ options: { tls }, files: folder("/half", { "ca.pem": other.cert, "key.pem": key }) });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(says);
  });

  test.each<Given & { says: string }>([
    { env: { DOCKER_HOST: "unix:///x.sock" }, says: "unix:///x.sock (DOCKER_HOST) does not use TLS" },
    { env: { DOCKER_HOST: "ssh://box" }, says: "ssh://box (DOCKER_HOST) does not use TLS" },
    {
      env: { DOCKER_HOST: "" },
      says: "unix:///var/run/docker.sock (the default of this platform) does not use TLS",
    },
  ])("$env cannot have it", ({ says, ...machine }) => {
    const attempt = () => tlsOf({ ...machine, options: { tls: { ca: cert } } });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(says);
  });
});
