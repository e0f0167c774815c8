import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Docker } from "../../src/index.js";
import { registryBinary } from "../helpers/registry-binary.js";
import { type Bench, uniqueName, until } from "./engine.js";
import { tarOfFiles } from "./tar-of-files.js";

/** A registry that the Engine can reach, and its login. */
export interface Registry {
  readonly address: string;
  readonly login: { readonly username: string; readonly password: string; readonly serveraddress: string };
}

/** A registry that a test has started. */
export interface StartedRegistry extends Registry {
  /** Ends it at once, with all its connections. */
  readonly kill: () => Promise<void>;
}

const CONFIG = "/etc/registry.yml";
/** Of "s3cret:+/pass", made with htpasswd -B. */
const HTPASSWD = "$2y$05$6CELVu7Qrcu/t2rWYVRFoO1IeQrf9xTwU6t6FIl6XzoH.N21N/n4m";

/** Declares tests that need docker-registry, if it is on this machine. */
export function needRegistry(what: string, tests: (binary: string) => void): void {
  const binary = registryBinary();
  if (binary) tests(binary);
  else
    test(`${what} are not tested: docker-registry is not installed`, () =>
      expect(registryBinary()).toBeUndefined());
}

/** The registry and the libraries it needs, by the paths they have here. */
export function programFiles(binary: string, prefix = ""): Record<string, Buffer> {
  const libraries = execFileSync("ldd", [binary], { encoding: "utf8" }).match(/\/\S+/g) ?? [];
  return Object.fromEntries(
    [binary, ...libraries].map((path) => [prefix + path.slice(1), readFileSync(path)]),
  );
}

/**
 * Runs a registry in a container on the Engine's own network: an Engine trusts an address of its own machine without
 * TLS, and one that has a network of its own reaches no other.
 */
export async function startRegistry({ docker, atEnd }: Bench, binary: string): Promise<StartedRegistry> {
  const port = 5000 + Math.floor(Math.random() * 1000);
  const address = `127.0.0.1:${port}`;
  const config = [
    "version: 0.1",
    "storage: { filesystem: { rootdirectory: /tmp/registry } }",
    `http: { addr: "${address}" }`,
    "auth: { htpasswd: { realm: test, path: /etc/htpasswd } }",
  ].join("\n");
  const container = await serve(docker, atEnd, [binary, "serve", CONFIG], {
    ...programFiles(binary),
    [CONFIG.slice(1)]: config,
    "etc/htpasswd": `test:${HTPASSWD}\n`,
  });
  const login = { username: "test", password: "s3cret:+/pass", serveraddress: address };
  await until("the registry answers", async () => (await docker.systemAuth(login).result()).ok);
  return { address, login, kill: async () => docker.containerDelete(container, { force: true, v: true }) };
}

/** Runs a server of one search result in the form of registries with version 1, which search has remained at. */
export async function startSearch({ docker, atEnd }: Bench): Promise<string> {
  const address = `127.0.0.1:${6000 + Math.floor(Math.random() * 1000)}`;
  const results = [
    { name: "found", description: "a test", star_count: 7, is_official: true, is_automated: false },
  ];
  await serve(docker, atEnd, ["httpd", "-f", "-p", address, "-h", "/www"], {
    "www/v1/_ping": "true",
    "www/v1/search": JSON.stringify({ num_results: 1, query: "found", results }),
  });
  await until(
    "the search answers",
    async () => (await docker.imageSearch({ term: `${address}/found` }).result()).ok,
  );
  return address;
}

async function serve(
  docker: Docker,
  atEnd: Bench["atEnd"],
  Cmd: string[],
  files: Readonly<Record<string, string | Buffer>>,
): Promise<string> {
  const { Id } = await docker.containerCreate(
    { Image: "busybox:local", Cmd, HostConfig: { NetworkMode: "host" } },
    { name: uniqueName("server") },
  );
  atEnd(() => docker.containerDelete(Id, { force: true, v: true }));
  await docker.putContainerArchive(Id, await tarOfFiles(files), { path: "/" });
  await docker.containerStart(Id);
  return Id;
}
