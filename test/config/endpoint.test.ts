import { describeEndpoint, parseHost } from "../../src/config/endpoint.js";
import { lookupEndpoint } from "../../src/config/lookup.js";
import { ConfigError, Docker } from "../../src/index.js";

const unix = (socketPath: string) => ({ kind: "unix", socketPath });
const tcp = (hostname: string, port = 2375, basePath = "") => ({ kind: "tcp", hostname, port, basePath });

test.each([
  { given: "unix:///var/run/docker.sock", want: unix("/var/run/docker.sock") },
  { given: "UNIX:///a b.sock", want: unix("/a b.sock") },
  { given: "tcp://10.0.0.5", want: tcp("10.0.0.5") },
  { given: "tcp://10.0.0.5:80", want: tcp("10.0.0.5", 80) },
  { given: "http://engine:2375/base/path/", want: tcp("engine", 2375, "/base/path") },
  { given: "tcp://[::1]:2375", want: tcp("::1") },
  { given: "tcp://[fe80::1]", want: tcp("fe80::1") },
])("$given is understood", ({ given, want }) => {
  expect(parseHost(given, "DOCKER_HOST")).toEqual(want);
});

test.each([
  "",
  "docker.sock",
  "/var/run/docker.sock",
  "unix://",
  "unix://relative.sock",
  "tcp://",
  "tcp://host:port",
  "tcp://host:99999",
  "tcp://user:pass@host:2375",
  "tcp://host:2375?x=1",
  "tcp://host:2375#x",
  "gopher://host",
])("%j is a ConfigError that quotes it and says what is accepted", (given) => {
  expect(() => parseHost(given, "DOCKER_HOST")).toThrow(ConfigError);
  expect(() => parseHost(given, "DOCKER_HOST")).toThrow(/^DOCKER_HOST ".*Accepted are unix:\/\//);
});

test("a password in the address is not repeated", () => {
  expect(() => parseHost("tcp://me:hunter2@host", "The option host")).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
  );
});

test.each([
  { host: "tcp://a", env: { DOCKER_HOST: "tcp://b" }, want: tcp("a") },
  { host: undefined, env: { DOCKER_HOST: "tcp://b" }, want: tcp("b") },
  { host: undefined, env: { DOCKER_HOST: "" }, want: unix("/var/run/docker.sock") },
  { host: undefined, env: {}, want: unix("/var/run/docker.sock") },
])("host $host and environment $env lead to $want", ({ host, env, want }) => {
  expect(lookupEndpoint({ host, env })).toEqual(want);
});

test.each(["unix:///var/run/docker.sock", "tcp://[::1]:2375", "tcp://host:1/base"])(
  "%s is shown as it was given",
  (host) => {
    expect(describeEndpoint(parseHost(host, "host"))).toBe(host);
  },
);

test("a client with an unusable host is not made", () => {
  expect(() => new Docker({ env: { DOCKER_HOST: "nonsense" } })).toThrow(ConfigError);
});
