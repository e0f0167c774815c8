import { createConnection } from "node:net";
import { type ConfigOptions, resolveConfig } from "../../../src/config/index.js";
import { ConfigError, Docker } from "../../../src/index.js";
import { given } from "./given.js";

const connect = () => createConnection("/x.sock");

test.each<{ options: object; says: string }>([
  { options: { host: "nonsense" }, says: 'The option host "nonsense" has no scheme' },
  { options: { host: "tcp://a", context: "b" }, says: "host and context both say where the Engine is" },
  { options: { host: "tcp://a", connect }, says: "host and connect both say where the Engine is" },
  { options: { context: "b", connect }, says: "context and connect both say where the Engine is" },
  { options: { host: "tcp://a", context: "b", connect }, says: "host and context and connect all say" },
  { options: { context: "" }, says: "The option context is empty" },
  {
    options: { connect: "tcp://a" },
    says: 'The option connect must be a function that returns a Duplex, not "tcp://a"',
  },
  { options: { connect, tls: {} }, says: "make connect return a TLS socket" },
  {
    options: { connectTimeout: 0 },
    says: "The option connectTimeout must be a positive number of milliseconds",
  },
  { options: { connectTimeout: -1 }, says: "not -1" },
  { options: { connectTimeout: Number.NaN }, says: "not NaN" },
  { options: { connectTimeout: Number.POSITIVE_INFINITY }, says: "2147483647 at most, not Infinity" },
  { options: { connectTimeout: 2 ** 31 }, says: "2147483647 at most, not 2147483648" },
  { options: { connectTimeout: "10s" }, says: 'not "10s"' },
  { options: { host: null }, says: "The option host must be a string, not null" },
  { options: { context: 5 }, says: "The option context must be a string, not 5" },
  { options: { apiVersion: 1.48 }, says: 'The option apiVersion must be a string such as "1.48", not 1.48' },
  {
    options: { apiVersion: "v1.48" },
    says: 'The option apiVersion "v1.48" is not an API version. Omit the "v".',
  },
  { options: { timeout: 0 }, says: "The option timeout must be a positive number of milliseconds" },
  { options: { timeout: "30s" }, says: "or Infinity for no limit, not" },
  { options: { headers: ["A: 1"] }, says: "The option headers must be an object, not an array" },
  {
    options: { headers: { A: 1 } },
    says: "The header A of the option headers has a value that HTTP does not allow",
  },
  {
    options: { headers: '{"Authorization":"s3cret"}' },
    says: "The option headers must be an object, not a string",
  },
  { options: { tls: true }, says: "The option tls must be an object, not a boolean" },
  {
    options: { host: "tcp://a", tls: { caFile: "/ca.pem" } },
    says: "The option tls: the option caFile is unknown; write ca: readFileSync(path), or folder",
  },
  {
    options: { host: "tcp://a", tls: { verify: 0 } },
    says: "The option tls: the option verify must be true or false, not 0",
  },
  { options: { hosts: ["x"] }, says: "The option hosts is unknown; write host instead" },
])("$options is a ConfigError when the client is made: $says", ({ options, says }) => {
  expect(() => new Docker(options)).toThrow(ConfigError);
  expect(() => new Docker(options)).toThrow(says);
  expect(() => resolveConfig(given({ options: options as ConfigOptions }))).toThrow(says);
});

test.each<{ options: unknown; says: string }>([
  { options: null, says: "The options must be an object, not null" },
  { options: ["tcp://a"], says: "The options must be an object, not an array" },
  { options: 5, says: "The options must be an object, not a number" },
])("$options for the options is a ConfigError: $says", ({ options, says }) => {
  expect(() => new Docker(options as ConfigOptions)).toThrow(ConfigError);
  expect(() => new Docker(options as ConfigOptions)).toThrow(says);
});

class Settings {
  readonly #host = "tcp://a:1";
  get address() {
    return this.#host;
  }
}

test.each<{ what: string; make: () => unknown }>([
  { what: "a Promise (await it first)", make: () => Promise.resolve({ host: "tcp://a:1" }) },
  { what: "a Map (pass Object.fromEntries of it)", make: () => new Map([["host", "tcp://a:1"]]) },
  { what: "a Date", make: () => new Date() },
  { what: "a Headers (pass Object.fromEntries of it)", make: () => new Headers({ A: "1" }) },
  { what: "a Settings", make: () => new Settings() },
  { what: "one with a symbol as a key", make: () => ({ [Symbol("host")]: "tcp://a:1" }) },
])("$what is a ConfigError for the options, tls, headers and env", ({ what, make }) => {
  const attempt = (options: unknown) => () => new Docker(options as ConfigOptions);
  for (const option of ["tls", "headers", "env"]) expect(attempt({ [option]: make() })).toThrow(ConfigError);
  expect(attempt(make())).toThrow(`The options must be an object, not ${what}. Known options: host`);
  expect(attempt({ tls: make() })).toThrow(`The option tls: the options must be an object, not ${what}`);
  expect(attempt({ headers: make() })).toThrow(`The option headers must be an object, not ${what}.`);
  expect(attempt({ env: make() })).toThrow(`The option env must be an object, not ${what}.`);
});

test("the environment of the process may be passed", () => {
  expect(() => new Docker({ env: process.env })).not.toThrow();
});

test.each([
  {
    option: "a key",
    make: () => ({ tls: { key: 5 } }),
    says: "The option tls: the option key must be PEM, as text or bytes, not a number",
  },
  {
    option: "an object",
    make: () => ({
      get host(): string {
        throw new Error("the getter's");
      },
    }),
    says: "The options cannot be read: the getter's",
  },
  { option: "headers", make: () => ({ headers: hostile() }), says: "The option headers cannot be read" },
  { option: "an environment", make: () => ({ env: hostile() }), says: "The option env cannot be read" },
])("$option that cannot be used is a ConfigError: $says", ({ make, says }) => {
  expect(() => new Docker(make() as ConfigOptions)).toThrow(ConfigError);
  expect(() => new Docker(make() as ConfigOptions)).toThrow(says);
});

const hostile = (): object =>
  new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("the trap's");
      },
    },
  );

test("an object without a prototype is as good as any", () => {
  const options = Object.assign(Object.create(null) as object, {
    host: "tcp://a:1",
    headers: Object.create(null),
  });
  expect(resolveConfig(given({ options })).endpoint).toMatchObject({ hostname: "a", port: 1 });
});

test.each([
  { env: { DOCKER_HOST: 5 }, says: "DOCKER_HOST in the option env must be a string, not a number" },
  { env: { DOCKER_TLS: {} }, says: "DOCKER_TLS in the option env must be a string, not an object" },
])("the environment $env is a ConfigError", ({ env, says }) => {
  const attempt = () => resolveConfig(given({ env: env as never }));
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(says);
});

test.each([
  { options: {}, env: {}, want: undefined },
  { options: {}, env: { DOCKER_CLIENT_TIMEOUT: "" }, want: undefined },
  { options: {}, env: { DOCKER_CLIENT_TIMEOUT: "30000" }, want: 30_000 },
  { options: {}, env: { DOCKER_CLIENT_TIMEOUT: "30s" }, want: 30_000 },
  { options: {}, env: { DOCKER_CLIENT_TIMEOUT: "1.5s" }, want: 1500 },
  { options: {}, env: { DOCKER_CLIENT_TIMEOUT: "2m" }, want: 120_000 },
  { options: {}, env: { DOCKER_CLIENT_TIMEOUT: "500ms" }, want: 500 },
  { options: { timeout: 5 }, env: { DOCKER_CLIENT_TIMEOUT: "60" }, want: 5 },
  {
    options: { timeout: Number.POSITIVE_INFINITY },
    env: { DOCKER_CLIENT_TIMEOUT: "30s" },
    want: Number.POSITIVE_INFINITY,
  },
])("calls may take $want ms with $options and $env", ({ options, env, want }) => {
  expect(resolveConfig(given({ options, env: env as Record<string, string> })).timeout).toBe(want);
});

test.each([
  {
    text: "60",
    says: 'DOCKER_CLIENT_TIMEOUT "60" is ambiguous: some clients take it as seconds, this one as milliseconds. Write "60s" or "60ms".',
  },
  {
    text: "soon",
    says: 'DOCKER_CLIENT_TIMEOUT "soon" is not a duration such as "30000" (milliseconds), "30s" or "2m"',
  },
  { text: "0", says: "is not a duration" },
  { text: "-1", says: "is not a duration" },
  { text: "99999999m", says: "2147483647 ms at most" },
])("DOCKER_CLIENT_TIMEOUT=$text is a ConfigError", ({ text, says }) => {
  const attempt = () => resolveConfig(given({ env: { DOCKER_CLIENT_TIMEOUT: text } }));
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(says);
});

test.each([
  { options: {}, want: 10_000 },
  { options: { connectTimeout: undefined }, want: 10_000 },
  { options: { connectTimeout: 0.5 }, want: 0.5 },
  { options: { connectTimeout: 2 ** 31 - 1 }, want: 2 ** 31 - 1 },
])("$options gives $want ms for connecting", ({ options, want }) => {
  expect(resolveConfig(given({ options })).connectTimeout).toBe(want);
});

test("connect overrides everything in the environment", () => {
  const env = { DOCKER_HOST: "nonsense", DOCKER_CONTEXT: "unknown" };
  expect(resolveConfig(given({ options: { connect }, env }))).toMatchObject({
    endpoint: { kind: "connect", connect },
    source: "the option connect",
  });
});
