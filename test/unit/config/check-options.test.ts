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
  { options: { connect: "tcp://a" }, says: "The option connect is no function" },
  { options: { connect, tls: {} }, says: "have connect return a TLS socket" },
  {
    options: { connectTimeout: 0 },
    says: "The option connectTimeout must be a positive number of milliseconds",
  },
  { options: { connectTimeout: -1 }, says: "not -1" },
  { options: { connectTimeout: Number.NaN }, says: "not NaN" },
  { options: { connectTimeout: Number.POSITIVE_INFINITY }, says: "2147483647 at most, not Infinity" },
  { options: { connectTimeout: 2 ** 31 }, says: "2147483647 at most, not 2147483648" },
  { options: { connectTimeout: "10s" }, says: "not 10s" },
])("$options is a ConfigError when the client is made: $says", ({ options, says }) => {
  expect(() => new Docker(options)).toThrow(ConfigError);
  expect(() => new Docker(options)).toThrow(says);
  expect(() => resolveConfig(given({ options: options as ConfigOptions }))).toThrow(says);
});

test.each([
  { options: {}, want: 10_000 },
  { options: { connectTimeout: undefined }, want: 10_000 },
  { options: { connectTimeout: 0.5 }, want: 0.5 },
  { options: { connectTimeout: 2 ** 31 - 1 }, want: 2 ** 31 - 1 },
])("$options gives $want ms for connecting", ({ options, want }) => {
  expect(resolveConfig(given({ options })).connectTimeout).toBe(want);
});

test("connect goes before everything that the environment says", () => {
  const env = { DOCKER_HOST: "nonsense", DOCKER_CONTEXT: "unknown" };
  expect(resolveConfig(given({ options: { connect }, env }))).toMatchObject({
    endpoint: { kind: "connect", connect },
    source: "the option connect",
  });
});
