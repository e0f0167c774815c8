import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Docker, ReadinessError, UnsupportedError } from "../../../../src/index.js";
import { engineHost } from "../../../../src/workflows/index.js";
import { listeningIn } from "../../../../src/workflows/readiness/sockets-inside.js";
import { temporaryFolder } from "../../../helpers/temporary-folder.js";
import { type Reaction, type Script, withEngine } from "../scripted-engine.js";

type Inspection = Record<string, unknown>;

const inspection = (more: Inspection, mode = "bridge", status = "running"): { json: Inspection } => ({
  json: {
    Id: "c1",
    HostConfig: { NetworkMode: mode },
    State: { Status: status, Running: status === "running" },
    ...more,
  },
});

const on = (more: Inspection, mode?: string, status?: string): Script => ({
  "GET /containers/web/json": inspection(more, mode, status),
});

const bound = (HostIp: string, HostPort: string) => ({ HostIp, HostPort });
const ports = (Ports: object) => ({ NetworkSettings: { Ports } });
const outcomeOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error) => error);

describe("portOf", () => {
  test.each<{ what: string; given: Script; port?: number | string; is: number }>([
    {
      what: "both families",
      given: on(ports({ "80/tcp": [bound("0.0.0.0", "8080"), bound("::", "8080")] })),
      is: 8080,
    },
    { what: "Podman's empty address", given: on(ports({ "80/tcp": [bound("", "8080")] })), is: 8080 },
    { what: "IPv6 only", given: on(ports({ "80/tcp": [bound("::", "8081")] })), is: 8081 },
    {
      what: "other ports by family, of which localhost's is that of IPv4",
      given: on(ports({ "80/tcp": [bound("::", "49154"), bound("0.0.0.0", "49153")] })),
      is: 49_153,
    },
    { what: "text without protocol", given: on(ports({ "80/tcp": [bound("", "1")] })), port: "80", is: 1 },
    {
      what: "UDP",
      given: on(ports({ "80/tcp": [bound("", "1")], "80/udp": [bound("", "2")] })),
      port: "80/udp",
      is: 2,
    },
    { what: "the host's network", given: on(ports({}), "host"), is: 80 },
    {
      what: "another container's network",
      given: {
        ...on(ports({}), "container:c2"),
        "GET /containers/c2/json": inspection(ports({ "80/tcp": [bound("", "5")] })),
      },
      is: 5,
    },
  ])("$what", async ({ given, port = 80, is }) => {
    await withEngine(given, async ({ docker }) => expect(await docker.portOf("web", port)).toBe(is));
  });

  test.each<{ given: Script; says: string }>([
    {
      given: on(
        ports({
          "443/tcp": [bound("127.0.0.1", "8443"), bound("::1", "8443")],
          "53/udp": [bound("", "53")],
          "9/tcp": null,
        }),
      ),
      says: "the container web does not publish 80/tcp; it publishes 443/tcp at 127.0.0.1:8443 and [::1]:8443, 53/udp at 0.0.0.0:53",
    },
    {
      given: on(ports({ "80/tcp": null })),
      says: "the container web does not publish 80/tcp; it publishes no port",
    },
    {
      given: on(ports({ "80/tcp": [bound("", "")] }), "bridge", "created"),
      says: "the container web is not running (created), so none of its ports is published",
    },
    { given: on({ NetworkSettings: { Ports: null } }), says: "it publishes no port" },
  ])("fails: $says", async ({ given, says }) => {
    await withEngine(given, async ({ docker }) => {
      const error = await outcomeOf(docker.portOf("web", 80));
      expect(error).toBeInstanceOf(ReadinessError);
      expect(error).toMatchObject({ failure: "unpublished", conditions: [], log: [] });
      expect((error as Error).message).toContain(says);
    });
  });
});

const networks = (Networks: object | null, more: object = {}) => ({ NetworkSettings: { Networks, ...more } });
const v4 = { IPAddress: "172.18.0.2", GlobalIPv6Address: "fd00::2", NetworkID: "n1" };
const v6 = { IPAddress: "", GlobalIPv6Address: "fd00::3", NetworkID: "n2" };
const none = { IPAddress: "", GlobalIPv6Address: "", NetworkID: "n3" };

describe("addressOf", () => {
  test.each<{ what: string; given: Script; network?: string; is: string }>([
    { what: "the only network", given: on(networks({ a: v4 })), is: "172.18.0.2" },
    { what: "IPv6 only", given: on(networks({ a: v6 })), is: "fd00::3" },
    { what: "a network by name", given: on(networks({ a: v4, b: v6 })), network: "b", is: "fd00::3" },
    { what: "a network by ID", given: on(networks({ a: v4, b: v6 })), network: "n1", is: "172.18.0.2" },
    { what: "the only one with an address", given: on(networks({ a: none, b: v4 })), is: "172.18.0.2" },
    {
      what: "the field that API 1.52 dropped",
      given: on(networks(null, { IPAddress: "10.88.0.2" })),
      is: "10.88.0.2",
    },
    { what: "the host's network", given: on(networks({ host: none }), "host"), is: "localhost" },
  ])("$what", async ({ given, network, is }) => {
    await withEngine(given, async ({ docker }) => expect(await docker.addressOf("web", network)).toBe(is));
  });

  test.each<{ given: Script; network?: string; says: string }>([
    {
      given: on(networks({ a: v4, b: v6 })),
      says: 'the container web is in several networks ("a", "b"); name one of them',
    },
    { given: on(networks({ a: v4 })), network: "b", says: 'has no address in the network "b", only in "a"' },
    { given: on(networks({ none }), "none"), says: "the container web has no address in any network" },
    {
      given: on(networks({ a: none }), "a", "exited"),
      says: "has no address while it is not running (exited)",
    },
  ])("fails: $says", async ({ given, network, says }) => {
    await withEngine(given, async ({ docker }) => {
      const error = await outcomeOf(docker.addressOf("web", network));
      expect(error).toMatchObject({ failure: "unaddressed", name: "ReadinessError" });
      expect((error as Error).message).toContain(says);
    });
  });
});

describe("hostOf", () => {
  test.each([
    { host: "tcp://10.0.0.5:2375", is: "10.0.0.5" },
    { host: "tcp://[fd00::1]:2375", is: "fd00::1" },
    { host: "tcp://docker:2376", is: "docker" },
    { host: "tcp://0.0.0.0:2375", is: "localhost" },
  ])("$host: $is", async ({ host, is }) => {
    await using docker = new Docker({ host, env: {} });
    expect(await docker.hostOf()).toBe(is);
  });

  test("a Windows pipe: localhost", async () => {
    const endpoint = { kind: "npipe", path: "//./pipe/docker_engine" } as const;
    const machine = { readFile: () => undefined };
    await withEngine({}, async ({ docker }) => {
      expect(await engineHost(docker, endpoint, machine, new AbortController().signal)).toBe("localhost");
    });
  });

  test("ssh: what the configuration of ssh makes of the host, or the host itself", async () => {
    const folder = await temporaryFolder();
    const { PATH } = process.env;
    try {
      process.env.PATH = folder.path;
      await using docker = new Docker({ host: "ssh://me@build-box", env: {} });
      expect(await docker.hostOf()).toBe("build-box");
      const program = join(folder.path, "ssh");
      await writeFile(
        program,
        '#!/bin/sh\n[ "$*" = "-G -- build-box" ] && echo "user me" && echo "hostname 10.0.0.9"\n',
      );
      await chmod(program, 0o755);
      expect(await docker.hostOf()).toBe("10.0.0.9");
    } finally {
      process.env.PATH = PATH;
      await folder.remove();
    }
  });

  test("the option connect does not tell it", async () => {
    await using docker = new Docker({ connect: () => Promise.reject(new Error("nothing may be sent")) });
    const error = await outcomeOf(docker.hostOf());
    expect(error).toBeInstanceOf(UnsupportedError);
    expect((error as Error).message).toMatch(/^hostOf: the option connect does not tell where the Engine is/);
  });

  const id = "0123456789ab".padEnd(64, "c");
  const mounts = `600 500 0:1 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n`;
  const podmanMounts = `600 500 0:1 /containers/overlay-containers/${id}/userdata/hosts /etc/hosts rw - tmpfs x rw\n`;
  const route =
    "Iface\tDestination\tGateway\tFlags\neth0\t000011AC\t00000000\t0001\neth0\t00000000\t010011AC\t0003\n";
  const own = (NetworkMode = "bridge", Networks: object = {}): Reaction => ({
    json: { Id: id, HostConfig: { NetworkMode }, NetworkSettings: { Networks } },
  });
  const missing = { status: 404, json: { message: "No such container" } };

  test.each<{ what: string; files: Record<string, string>; engine: Script; is: string }>([
    { what: "not in a container", files: { "/proc/self/mountinfo": mounts }, engine: {}, is: "localhost" },
    {
      what: "in a container of the Engine: its gateway",
      files: { "/.dockerenv": "", "/proc/self/mountinfo": mounts, "/proc/net/route": route },
      engine: { [`GET /containers/${id}/json`]: own() },
      is: "172.17.0.1",
    },
    {
      what: "known by its hostname",
      files: { "/.dockerenv": "", "/etc/hostname": "0123456789ab\n", "/proc/net/route": route },
      engine: { "GET /containers/0123456789ab/json": own() },
      is: "172.17.0.1",
    },
    {
      what: "without an IPv4 route: the gateway that the Engine tells",
      files: { "/.dockerenv": "", "/proc/self/mountinfo": mounts },
      engine: {
        [`GET /containers/${id}/json`]: own("six", { six: { Gateway: "", IPv6Gateway: "fd00::1" } }),
      },
      is: "fd00::1",
    },
    {
      what: "in the host's network",
      files: { "/.dockerenv": "", "/proc/self/mountinfo": mounts, "/proc/net/route": route },
      engine: { [`GET /containers/${id}/json`]: own("host") },
      is: "localhost",
    },
    {
      what: "in a container of another Engine, beside this one",
      files: { "/.dockerenv": "", "/proc/self/mountinfo": mounts, "/proc/net/route": route },
      engine: { [`GET /containers/${id}/json`]: missing },
      is: "localhost",
    },
    {
      what: "in a container whose ID cannot be told",
      files: { "/.dockerenv": "", "/etc/hostname": "builder\n", "/proc/net/route": route },
      engine: {},
      is: "localhost",
    },
    {
      what: "in a container of Podman: the name that it writes into the hosts",
      files: {
        "/run/.containerenv": "",
        "/proc/self/mountinfo": podmanMounts,
        "/proc/net/route": route,
        "/etc/hosts": "169.254.1.2\thost.containers.internal host.docker.internal\n",
      },
      engine: { [`GET /containers/${id}/json`]: own() },
      is: "host.containers.internal",
    },
  ])("a local Engine, from a process $what", async ({ files, engine, is }) => {
    const machine = {
      readFile: (path: string) => (path in files ? Buffer.from(files[path] as string) : undefined),
    };
    await withEngine(engine, async ({ docker, path }) => {
      const endpoint = { kind: "unix", socketPath: path } as const;
      expect(await engineHost(docker, endpoint, machine, new AbortController().signal)).toBe(is);
    });
  });
});

describe("the kernel's table of sockets", () => {
  const rows = (...sockets: [string, string][]): string =>
    sockets
      .map(([address, state], n) => `  ${n}: ${address} 00000000:0000 ${state} 00000000:00000000 00:0\n`)
      .join("");

  test.each([
    { what: "any address", address: "00000000:1F90", isLoopback: false },
    { what: "one address, which is 172.17.0.2", address: "020011AC:1F90", isLoopback: false },
    { what: "one address that ends with 127", address: "7F0011AC:1F90", isLoopback: false },
    { what: "127.0.0.1", address: "0100007F:1F90", isLoopback: true },
    { what: "127.0.0.1, last byte first", address: "7F000001:1F90", isLoopback: true },
    { what: "::", address: `${"0".repeat(32)}:1F90`, isLoopback: false },
    { what: "::1", address: "00000000000000000000000001000000:1F90", isLoopback: true },
    { what: "::ffff:127.0.0.1", address: "0000000000000000FFFF00000100007F:1F90", isLoopback: true },
    { what: "::ffff:172.17.0.2", address: "0000000000000000FFFF0000020011AC:1F90", isLoopback: false },
  ])("$what", ({ address, isLoopback }) => {
    expect(listeningIn(rows([address, "0A"]), "tcp")).toEqual([{ port: 8080, isLoopback }]);
  });

  test("only sockets that listen count, which for UDP are those that are not connected", () => {
    const table = rows(["00000000:0035", "07"], ["00000000:0036", "0A"], ["00000000:0037", "01"]);
    expect(listeningIn(table, "tcp").map(({ port }) => port)).toEqual([54]);
    expect(listeningIn(table, "udp").map(({ port }) => port)).toEqual([53]);
  });
});
