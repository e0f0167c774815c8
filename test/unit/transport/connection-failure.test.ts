import type { Endpoint } from "../../../src/config/index.js";
import { ConnectionError } from "../../../src/index.js";
import { connectionFailure } from "../../../src/transport/connection-failure.js";

const unix: Endpoint = { kind: "unix", socketPath: "/x.sock" };
const pipe: Endpoint = { kind: "npipe", path: "//./pipe/docker_engine" };
const tcp: Endpoint = { kind: "tcp", hostname: "box", port: 2375, basePath: "" };
const tls: Endpoint = { ...tcp, tls: { verify: true, source: "the option tls" } };
const own: Endpoint = { kind: "connect", connect: () => undefined as never };

test.each([
  { endpoint: unix, code: "ENOENT", says: "at unix:///x.sock: there is no such socket. Start Docker" },
  { endpoint: unix, code: "EACCES", says: "Add your user to the docker group" },
  { endpoint: pipe, code: "ENOENT", says: "at npipe:////./pipe/docker_engine: there is no such pipe" },
  { endpoint: pipe, code: "EPERM", says: "Add your user to the group docker-users" },
  { endpoint: pipe, code: "ECONNRESET", says: "it closed the connection before it answered" },
  { endpoint: tcp, code: "ECONNREFUSED", says: "at tcp://box:2375: nothing listens on that port" },
  { endpoint: tcp, code: "ENOTFOUND", says: "the host name is unknown" },
  { endpoint: tcp, code: "HPE_INVALID_CONSTANT", says: "does not speak HTTP" },
  { endpoint: tls, code: "EPIPE", says: "If it wants a client certificate, give one" },
  { endpoint: tls, code: "CERT_HAS_EXPIRED", says: "at https://box:2375: its certificate has expired" },
  {
    endpoint: own,
    code: "CERT_HAS_EXPIRED",
    says: "through the option connect: its certificate has expired",
  },
  { endpoint: own, code: "EODD", says: "through the option connect: the connection failed (EODD)" },
])("$code says: $says", ({ endpoint, code, says }) => {
  const cause = Object.assign(new Error(), { code });
  const error = connectionFailure(endpoint, cause);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error.message).toContain("Cannot reach a Docker Engine ");
  expect(error.message).toContain(says);
  expect(error.cause).toBe(cause);
});

test("an Engine without TLS settings is not said to want a certificate", () => {
  const error = connectionFailure(tcp, Object.assign(new Error(), { code: "ECONNRESET" }));
  expect(error.message).not.toContain("certificate");
});

describe("of a default socket names what was looked for", () => {
  const podman = { path: "/run/podman/podman.sock", owner: "Podman" };
  const system = { path: "/var/run/docker.sock", owner: "the system's" };
  const orbstack = { path: "/home/me/.orbstack/run/docker.sock", owner: "OrbStack" };
  test.each([
    {
      given: "and found none",
      search: { found: [], missing: [system, podman] },
      says: "Sockets found: none; not found: /var/run/docker.sock (the system's), /run/podman/podman.sock (Podman).",
    },
    {
      given: "and found another",
      search: { found: [podman, orbstack], missing: [system] },
      says:
        "Sockets found: /run/podman/podman.sock (Podman), /home/me/.orbstack/run/docker.sock (OrbStack); " +
        "not found: /var/run/docker.sock (the system's). Name another with the host option or DOCKER_HOST.",
    },
  ])("$given", ({ search, says }) => {
    const endpoint = { kind: "unix", socketPath: "/x.sock", search } as const;
    const { message } = connectionFailure(endpoint, Object.assign(new Error("odd"), { code: "EODD" }));
    expect(message).toBe(
      `Cannot reach a Docker Engine at unix:///x.sock: the connection failed (odd). ${says}`,
    );
  });
});
