import { Agent } from "node:http";
import { type ConfigOptions, resolveConfig } from "../../../src/config/index.js";
import { ConfigError, Docker } from "../../../src/index.js";
import { given } from "./given.js";

const SSH =
  "the system's ssh uses your agent, keys and ~/.ssh/config, or open a tunnel of your own in connect";

function refusal(options: unknown): string {
  const attempt = () => new Docker(options as ConfigOptions);
  expect(attempt).toThrow(ConfigError);
  try {
    return String(attempt());
  } catch (error) {
    return (error as Error).message;
  }
}

describe("dockerode's options", () => {
  const pem = "-----BEGIN CERTIFICATE-----";

  test.each<{ options: object; line: string }>([
    { options: { socketPath: "/run/docker.sock" }, line: '{ host: "unix:///run/docker.sock" }' },
    { options: { socketPath: "//./pipe/docker_engine" }, line: '{ host: "npipe:////./pipe/docker_engine" }' },
    {
      options: { socketPath: "\\\\.\\pipe\\docker_engine" },
      line: '{ host: "npipe:////./pipe/docker_engine" }',
    },
    { options: { socketPath: () => "/x" }, line: '{ host: "unix:///path/to/docker.sock" }' },
    { options: { host: "10.0.0.5", port: 2375 }, line: '{ host: "tcp://10.0.0.5:2375" }' },
    { options: { host: "10.0.0.5", port: "2375" }, line: '{ host: "tcp://10.0.0.5:2375" }' },
    { options: { host: "http://10.0.0.5/", port: 2375 }, line: '{ host: "tcp://10.0.0.5:2375" }' },
    { options: { host: "::1", port: 2375 }, line: '{ host: "tcp://[::1]:2375" }' },
    { options: { port: 2375 }, line: '{ host: "tcp://localhost:2375" }' },
    {
      options: { host: "engine.example", port: 2375, pathPrefix: "/base", timeout: 5000, headers: {} },
      line: '{ host: "tcp://engine.example:2375/base", timeout, headers }',
    },
    {
      options: { protocol: "https", host: "engine.example", port: 2376, ca: pem, cert: pem, key: pem },
      line: '{ host: "tcp://engine.example:2376", tls: { ca, cert, key } }',
    },
    {
      options: { protocol: "https", host: "engine.example", port: 2376 },
      line: '{ host: "https://engine.example:2376" }',
    },
    {
      options: { protocol: "ssh", host: "10.0.0.5", username: "me" },
      line: '{ host: "ssh://me@10.0.0.5" }',
    },
    { options: { version: "v1.44" }, line: '{ apiVersion: "1.44" }' },
    { options: { version: Object.create(null) }, line: '{ apiVersion: "1.48" }' },
    { options: { host: "unix:///x", version: "v1.44" }, line: '{ host: "unix:///x", apiVersion: "1.44" }' },
    { options: { host: "ssh://me@a", version: "v1.44" }, line: '{ host: "ssh://me@a", apiVersion: "1.44" }' },
    { options: { port: 1, host: Object.create(null) }, line: '{ host: "tcp://name:1" }' },
    { options: { socketPath: undefined }, line: "()" },
    { options: { host: "http://h/base", port: 4000 }, line: '{ host: "tcp://h:4000/base" }' },
    { options: { host: "http://h:2375", port: 2376 }, line: '{ host: "tcp://h:2376" }' },
    { options: { host: "h", port: 1, pathPrefix: "x" }, line: '{ host: "tcp://h:1/x" }' },
    { options: { host: "h", port: 22, pathPrefix: "/x?token=s3cret" }, line: '{ host: "tcp://h:22/x" }' },
    { options: { host: "h", port: "22@s3cret@" }, line: '{ host: "tcp://h:2375" }' },
    { options: { host: "ssh://me@h", username: "you" }, line: '{ host: "ssh://me@h" }' },
    { options: { host: "", socketPath: "/x" }, line: '{ host: "unix:///x" }' },
    { options: { protocol: "HTTPS:", host: "h", port: 1 }, line: '{ host: "https://h:1" }' },
    { options: { connectionTimeout: 500 }, line: "{ connectTimeout: 500 }" },
  ])("$options are refused with the line to write: $line", ({ options, line }) => {
    expect(refusal(options)).toMatch(/^The option \w+ is unknown; in place of dockerode's options, write /);
    expect(refusal(options).endsWith(` write new Docker${line.startsWith("(") ? line : `(${line})`}`)).toBe(
      true,
    );
    expect(() => resolveConfig(given({ options }))).toThrow(line);
  });

  test.each([
    { line: { host: "unix:///run/docker.sock" } },
    { line: { host: "npipe:////./pipe/docker_engine" } },
    { line: { host: "tcp://[::1]:2375" } },
    { line: { host: "tcp://engine.example:2375/base" } },
    { line: { host: "https://engine.example:2376" } },
    { line: { host: "ssh://me@10.0.0.5" } },
  ])("the line to write works: $line", ({ line }) => {
    expect(() => new Docker(line)).not.toThrow();
  });

  test.each<{ options: object; says: string }>([
    {
      options: { Promise },
      says: "The option Promise is unknown; omit Promise: every call returns a promise",
    },
    {
      options: { agent: new Agent() },
      says: "omit agent: connections are kept and reused; for a proxy or tunnel of your own, write connect: () => socket",
    },
    {
      options: { checkServerIdentity: () => undefined },
      says: "to check the certificate yourself, write connect: () => tls.connect(…)",
    },
    {
      options: { host: "ssh://me@10.0.0.5", sshOptions: {}, agentForward: true },
      says: `The option sshOptions is unknown; omit sshOptions and agentForward: ${SSH}`,
    },
    {
      options: { protocol: "ssh", host: "10.0.0.5", username: "me", sshAuthAgent: "/x" },
      says: `write new Docker({ host: "ssh://me@10.0.0.5" }); omit sshAuthAgent: ${SSH}`,
    },
    {
      options: { Promise, socketPath: "/x" },
      says: 'write new Docker({ host: "unix:///x" }); omit Promise: every call returns a promise',
    },
  ])("$options that nothing replaces are refused with the reason: $says", ({ options, says }) => {
    expect(refusal(options)).toContain(says);
  });

  test("a name without its scheme is refused with the address to write", () => {
    expect(refusal({ host: "10.0.0.5" })).toContain('write "tcp://10.0.0.5:2375" for an address');
    expect(refusal({ host: "localhost" })).toContain('write "tcp://localhost:2375" for an address');
  });

  test("no secret is in the message", () => {
    const options = {
      ...{ host: "me:s3cret@10.0.0.5", port: 22, username: "me:s3cret", password: "s3cret" },
      ...{ protocol: "ssh", key: "s3cret", sshOptions: { password: "s3cret", passphrase: "s3cret" } },
    };
    expect(refusal(options)).toContain('write new Docker({ host: "ssh://***@10.0.0.5:22", tls: { key } })');
    expect(refusal(options)).not.toContain("s3cret");
  });
});

describe("words of @docker/node-sdk", () => {
  const factories = Docker as unknown as Record<string, (argument?: unknown) => never>;

  test.each([
    {
      name: "fromDockerHost",
      argument: "unix:/var/run/docker.sock",
      line: '{ host: "unix:///var/run/docker.sock" }',
    },
    { name: "fromDockerHost", argument: "tcp://10.0.0.5:2375", line: '{ host: "tcp://10.0.0.5:2375" }' },
    { name: "fromDockerHost", argument: undefined, line: '{ host: "unix:///path/to/docker.sock" }' },
    { name: "fromDockerHost", argument: "tcp://me:s3cret@a:1", line: '{ host: "tcp://***@a:1" }' },
    { name: "fromDockerHost", argument: "ssh://me@a", line: '{ host: "ssh://me@a" }' },
    { name: "fromDockerHost", argument: "ssh://me:s3cret@a", line: '{ host: "ssh://***@a" }' },
    { name: "fromDockerContext", argument: "prod", line: '{ context: "prod" }' },
    { name: "fromDockerContext", argument: undefined, line: "" },
    { name: "fromDockerConfig", argument: undefined, line: "" },
  ])("$name($argument) is refused with the line to write: new Docker($line)", ({ name, argument, line }) => {
    const attempt = () => factories[name]?.(argument);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(`${name} is a function of @docker/node-sdk; write new Docker(${line})`);
  });

  test("the line has the certificates and the User-Agent of fromDockerHost", () => {
    const attempt =
      (...args: unknown[]) =>
      () =>
        (factories.fromDockerHost as (...args: unknown[]) => never)(...args);
    expect(attempt("tcp://a:1", "/certs")).toThrow('{ host: "tcp://a:1", tls: { folder: "/certs" } }');
    expect(attempt("tcp://a:1", { ca: "s3cret" })).toThrow('{ host: "tcp://a:1", tls: { ca, cert, key } }');
    expect(attempt("tcp://a:1", undefined, "app/1")).toThrow(
      '{ host: "tcp://a:1", headers: { "User-Agent": "app/1" } }',
    );
  });

  test.each([
    {
      options: "unix:/run/docker.sock",
      says: 'not a string; write new Docker({ host: "unix:///run/docker.sock" })',
    },
    {
      options: "/run/docker.sock",
      says: 'not a string; write new Docker({ host: "unix:///run/docker.sock" })',
    },
    { options: { dispatch: () => true }, says: "not an agent; write new Docker({ host })" },
    { options: { userAgent: "app/1" }, says: 'write headers: { "User-Agent": "…" } instead' },
    { options: { dockerHost: "tcp://a:1" }, says: "The option dockerHost is unknown; write host instead" },
    { options: { contextName: "a" }, says: "The option contextName is unknown; write context instead" },
    { options: { certificates: "/certs" }, says: "write tls: { ca, cert, key }, or tls: { folder } instead" },
    { options: { tls: { passphrase: "s3cret" } }, says: "the option passphrase is unknown; decrypt the key" },
    { options: { tls: { pfx: "s3cret" } }, says: "the option pfx is unknown; write cert and key as PEM" },
    { options: { host: "unix:/run/docker.sock" }, says: 'write "unix:///run/docker.sock"' },
  ])("$options in place of options are refused: $says", ({ options, says }) => {
    expect(refusal(options)).toContain(says);
  });
});
