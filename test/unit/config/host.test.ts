import { parseHost } from "../../../src/config/host.js";
import { describeEndpoint } from "../../../src/config/index.js";
import { ConfigError, Docker } from "../../../src/index.js";

const unix = (socketPath: string) => ({ kind: "unix", socketPath });
const pipe = (path: string) => ({ kind: "npipe", path });
const tcp = (hostname: string, port = 2375, basePath = "") => ({ kind: "tcp", hostname, port, basePath });
const https = (hostname: string, port = 2376, basePath = "") => ({
  ...tcp(hostname, port, basePath),
  tls: { verify: true, source: "DOCKER_HOST" },
});
const ssh = (hostname: string, more: object = {}) => ({ kind: "ssh", hostname, ...more });

test.each([
  { given: "unix:///var/run/docker.sock", want: unix("/var/run/docker.sock") },
  { given: "UNIX:///a b.sock", want: unix("/a b.sock") },
  { given: "unix:///a%20b?c#d@e.sock", want: unix("/a%20b?c#d@e.sock") },
  { given: " unix:///x.sock\n", want: unix("/x.sock") },
  { given: "npipe:////./pipe/docker_engine", want: pipe("//./pipe/docker_engine") },
  { given: "npipe://./pipe/docker_engine", want: pipe("//./pipe/docker_engine") },
  { given: "npipe:\\\\.\\pipe\\docker_engine", want: pipe("//./pipe/docker_engine") },
  { given: "npipe:\\\\\\\\.\\\\pipe\\\\docker_engine", want: pipe("//./pipe/docker_engine") },
  { given: "NPIPE:////./PIPE/dockerDesktopLinuxEngine", want: pipe("//./pipe/dockerDesktopLinuxEngine") },
  { given: "npipe:////box/pipe/a/b", want: pipe("//box/pipe/a/b") },
  { given: "tcp://10.0.0.5", want: tcp("10.0.0.5") },
  { given: "tcp://10.0.0.5:", want: tcp("10.0.0.5") },
  { given: "tcp://10.0.0.5:1", want: tcp("10.0.0.5", 1) },
  { given: "tcp://10.0.0.5:65535", want: tcp("10.0.0.5", 65_535) },
  { given: "tcp://10.0.0.5:2376", want: tcp("10.0.0.5", 2376) },
  { given: "TCP://my_engine.local:80/", want: tcp("my_engine.local", 80) },
  { given: "http://engine:2375/base/path/", want: tcp("engine", 2375, "/base/path") },
  { given: "tcp://engine/a b", want: tcp("engine", 2375, "/a%20b") },
  { given: "tcp://engine/a/../b", want: tcp("engine", 2375, "/b") },
  { given: "tcp://[::1]:2375", want: tcp("::1") },
  { given: "tcp://[fe80::1]/base", want: tcp("fe80::1", 2375, "/base") },
  { given: "tcp://[fe80::1%25eth0]:99", want: tcp("fe80::1%eth0", 99) },
  { given: "https://engine.example.com", want: https("engine.example.com") },
  { given: "https://engine.example.com:443/docker", want: https("engine.example.com", 443, "/docker") },
  { given: "ssh://box", want: ssh("box") },
  { given: "SSH://box/", want: ssh("box") },
  { given: "ssh://me@box.example.com:2222", want: ssh("box.example.com", { user: "me", port: 2222 }) },
  {
    given: "ssh://me@box/run/user/1000/docker.sock",
    want: ssh("box", { user: "me", socketPath: "/run/user/1000/docker.sock" }),
  },
  { given: "ssh://box/a%20b.sock", want: ssh("box", { socketPath: "/a b.sock" }) },
  { given: "ssh://me%40corp@box", want: ssh("box", { user: "me@corp" }) },
  { given: "ssh://me@corp@box", want: ssh("box", { user: "me@corp" }) },
  { given: "ssh://me@[::1]:22", want: ssh("::1", { user: "me", port: 22 }) },
])("$given is understood", ({ given, want }) => {
  expect(parseHost(given, "DOCKER_HOST")).toEqual(want);
});

test.each([
  { given: "", says: "is empty" },
  { given: " ", says: "is empty" },
  { given: "docker.sock", says: "has no scheme." },
  { given: "/var/run/docker.sock", says: 'write "unix:///var/run/docker.sock"' },
  { given: "//./pipe/docker_engine", says: 'write "npipe:" before' },
  { given: "\\\\.\\pipe\\docker_engine", says: 'write "npipe:" before' },
  { given: "10.0.0.5:2375", says: 'write "tcp://10.0.0.5:2375"' },
  { given: "tcp:host", says: "has no scheme" },
  { given: "fd://", says: 'has the scheme "fd"' },
  { given: "gopher://host", says: 'has the scheme "gopher"' },
  { given: "unix://", says: "absolute path" },
  { given: "unix://relative.sock", says: "absolute path" },
  { given: "unix:///", says: "a folder" },
  { given: "unix:///var/run/", says: "a folder" },
  { given: "unix:///a\0b", says: "control characters" },
  { given: "npipe://", says: "is not the name of a pipe" },
  { given: "npipe:docker_engine", says: "is not the name of a pipe" },
  { given: "npipe:////./pipe/", says: "is not the name of a pipe" },
  { given: "npipe:////./mailslot/x", says: "is not the name of a pipe" },
  { given: "tcp://", says: "has no host" },
  { given: "tcp://:2375", says: "has no host" },
  { given: "tcp:///base", says: "has no host" },
  { given: "tcp://host:port", says: "between 1 and 65535" },
  { given: "tcp://host:0", says: "between 1 and 65535" },
  { given: "tcp://host:65536", says: "between 1 and 65535" },
  { given: "tcp://host:-1", says: "between 1 and 65535" },
  { given: "tcp://host:1e3", says: "between 1 and 65535" },
  { given: "tcp://::1", says: "IPv6 address without brackets" },
  { given: "ssh://fe80::1/x", says: "IPv6 address without brackets" },
  { given: "tcp://[::1", says: "not a valid address" },
  { given: "tcp://[::1]x", says: "not a valid address" },
  { given: "tcp://[host]:1", says: "no valid IPv6 address" },
  { given: "tcp://[fe80::1%25e;th]", says: "no valid IPv6 address" },
  { given: "tcp://a b:1", says: "characters other than" },
  { given: "tcp://me@host:2375", says: "has a user" },
  { given: "tcp://me:pass@host:2375", says: "process lists; use a key, a certificate or the option headers" },
  { given: "tcp://host:2375?x=1", says: "query or fragment" },
  { given: "https://host#x", says: "query or fragment" },
  { given: "tcp://host\r\nX: y", says: "control characters" },
  { given: "ssh://", says: "has no host" },
  { given: "ssh://me@", says: "has no host" },
  { given: "ssh://@box", says: "has a user that is empty" },
  { given: "ssh://me:pass@box", says: "has a password" },
  { given: "ssh://box/x.sock?y", says: "query or fragment" },
  { given: "ssh://box/#y", says: "query or fragment" },
  { given: "ssh://box:0", says: "between 1 and 65535" },
  { given: "ssh://-oProxyCommand=id", says: 'begins with "-"' },
  { given: "ssh://-oProxyCommand=id@box", says: "begins with a dash" },
  { given: "ssh://%2DoProxyCommand@box", says: "begins with a dash" },
  { given: "ssh://box;id", says: "characters other than" },
  { given: "ssh://$(id)", says: "characters other than" },
  { given: "ssh://a%20b@box", says: "characters other than" },
  { given: "ssh://`id`@box", says: "characters other than" },
  { given: "ssh://box/a%0Ab", says: "control characters" },
  { given: "ssh://box/a%zz", says: "escapes nothing" },
  { given: "ssh://box/folder/", says: "a folder" },
])("$given is a ConfigError that says: $says", ({ given, says }) => {
  const attempt = () => parseHost(given, "the option host");
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(/^The option host ".*Accepted: unix:\/\//);
  expect(attempt).toThrow(says);
});

test.each([
  { given: "gopher://host:1/x", shown: '"gopher://host:1/x"' },
  { given: "tcp://me:hunter2@host", shown: '"tcp://***@host"' },
  { given: "tcp://me:hunter2/@x@host", shown: '"tcp://***@host"' },
  { given: "tcp:///me:hunter2@host", shown: '"tcp:///***@host"' },
  { given: "tcp:////me:hunter2@host", shown: '"tcp:////***@host"' },
  { given: "http:/me:hunter2@host", shown: '"***@host"' },
  { given: "//me:hunter2@host", shown: '"//***@host"' },
  { given: "unix://me:hunter2@host", shown: '"unix://***@host"' },
  { given: "me:hunter2@host", shown: '"***@host"' },
  { given: "tcp://host?token=hunter2", shown: '"tcp://host?***"' },
  { given: "tcp://host#hunter2", shown: '"tcp://host#***"' },
  { given: "unix:///srv/a@b/", shown: '"unix:///srv/a@b/"' },
])("$given is quoted as $shown", ({ given, shown }) => {
  expect(() => parseHost(given, "DOCKER_HOST")).toThrow(`DOCKER_HOST ${shown} `);
  expect(() => parseHost(given, "DOCKER_HOST")).not.toThrow("hunter2");
});

test.each([
  "unix:///var/run/docker.sock",
  "npipe:////./pipe/docker_engine",
  "tcp://[::1]:2375",
  "tcp://[fe80::1%25eth0]:2375",
  "tcp://host:1/base",
  "https://host:2376/base",
  "ssh://box",
  "ssh://me@[::1]:22/a%20b.sock",
  "ssh://me%40corp@box:22",
])("%s is shown as it was given", (host) => {
  expect(describeEndpoint(parseHost(host, "host"))).toBe(host);
});

test("TLS settings are looked for only where they can be used", () => {
  const tls = jest.fn(() => ({ verify: false, source: "DOCKER_CERT_PATH" }));
  for (const host of ["unix:///x.sock", "npipe:////./pipe/x", "ssh://box"])
    parseHost(host, "DOCKER_HOST", tls);
  expect(tls).not.toHaveBeenCalled();
  for (const host of ["tcp://host", "http://host", "https://host"]) {
    expect(parseHost(host, "DOCKER_HOST", tls)).toMatchObject({ port: 2376, tls: { verify: false } });
  }
});

test("a client with an unusable host option is not made", () => {
  expect(() => new Docker({ host: "nonsense" })).toThrow(ConfigError);
});

test("an unusable DOCKER_HOST shows at the first call", async () => {
  const docker = new Docker({ env: { DOCKER_HOST: "nonsense" } });
  expect(await docker.systemPing().result()).toMatchObject({
    ok: false,
    error: { code: "ERR_DOCKER_CONFIG" },
  });
});
