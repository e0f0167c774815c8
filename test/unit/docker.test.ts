import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { Docker } from "../../src/index.js";
import { mockEngine } from "../../src/testing/index.js";
import { useTemporaryFolder } from "../helpers/temporary-folder.js";
import { makeCertificate } from "./config/certificates.js";

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

const shown = (options: ConstructorParameters<typeof Docker>[0]): string =>
  inspect(new Docker({ env: {}, ...options }), { breakLength: Number.POSITIVE_INFINITY });

describe("console.log of a client shows", () => {
  test.each([
    [
      "a socket",
      { host: "unix:///run/docker.sock" },
      "Docker { host: 'unix:///run/docker.sock', version: '1.48' }",
    ],
    [
      "an address",
      { host: "tcp://10.0.0.5/base" },
      "Docker { host: 'tcp://10.0.0.5:2375/base', version: '1.48' }",
    ],
    ["the user of ssh", { host: "ssh://me@host" }, "Docker { host: 'ssh://me@host', version: '1.48' }"],
    [
      "a connection of the caller's",
      { connect: () => Promise.reject() },
      "Docker { host: 'the option connect', version: '1.48' }",
    ],
    [
      "a pinned version",
      { host: "unix:///run/docker.sock", apiVersion: "1.45" },
      "Docker { host: 'unix:///run/docker.sock', version: '1.45' }",
    ],
    [
      "what the environment says",
      { env: { DOCKER_HOST: "unix:///x.sock", DOCKER_API_VERSION: "1.44" } },
      "Docker { host: 'unix:///x.sock', version: '1.44' }",
    ],
  ] as const)("%s", (_, options, text) => {
    expect(shown(options as never)).toBe(text);
  });

  test("no TLS key, header, login or variable", () => {
    const { cert, key } = makeCertificate();
    const text = shown({
      host: "https://h.example",
      tls: { ca: cert, cert, key },
      headers: { Authorization: "s3cret" },
      credentials: () => ({ username: "me", password: "s3cret" }),
      env: { DOCKER_AUTH_CONFIG: "s3cret" },
    });
    expect(text).toBe("Docker { host: 'https://h.example:2376', version: '1.48' }");
  });

  test("why the configuration cannot be used, and nothing is thrown", () => {
    expect(shown({ env: { DOCKER_HOST: "tcp://me:s3cret@h" } })).toMatch(
      /^Docker \{ problem: 'DOCKER_HOST "tcp:\/\/\*\*\*@h" .*' \}$/,
    );
    expect(shown({ context: "nope" })).toMatch(/problem: .*There is no context \\?"nope\\?"/);
  });

  test("the version that was agreed on", async () => {
    const engine = mockEngine();
    engine.on("systemPing").reply(200, "OK", { headers: { "Api-Version": "1.45" } });
    await using docker = new Docker(engine.options);
    expect(inspect(docker)).toContain("version: '1.48'");
    await docker.systemPing();
    expect(inspect(docker)).toContain("version: '1.45'");
  });

  test("a subclass by its name, in colors and within other values", () => {
    class Mine extends Docker {}
    const docker = new Mine({ host: "unix:///x.sock" });
    expect(inspect({ docker }, { colors: true })).toContain("Mine { host: \u001b[32m'unix:///x.sock'");
    expect(inspect([{ docker }])).toMatch(/Mine \{ host: .*x\.sock', version/);
  });

  test("a prototype, a proxy and an object made of it without an error", () => {
    expect(inspect(Docker.prototype)).toMatch(/^\w+ \{\}$/);
    expect(inspect(new Proxy(new Docker({ host: "unix:///x.sock" }), {}))).toBe("Docker {}");
    expect(inspect(Object.create(new Docker()))).toBe("Docker {}");
  });
});

test("showing a client reads its settings, but does not settle them", () => {
  const contexts = join(folder, "config.json");
  const docker = new Docker({ env: { DOCKER_CONFIG: folder } });
  expect(inspect(docker)).toContain("host:");
  mkdirSync(folder, { recursive: true });
  writeFileSync(contexts, JSON.stringify({ currentContext: "other" }));
  expect(inspect(docker)).toContain('There is no context "other"');
});
