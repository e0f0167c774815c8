import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions as TlsServerOptions } from "node:tls";
import { ConfigError, ConnectionError, Docker, type TlsOptions } from "../../../src/index.js";
import { outcomes } from "../../helpers/outcomes.js";
import { anyEngine, failureOf } from "../engine.js";
import { Authority } from "./certificates.js";
import { dockerCli } from "./cli-context.js";
import { forwardTcp, forwardTls } from "./forward.js";
import { haveCommands, tlsEngine } from "./transports.js";

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "sdk-tls-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** The failure of each kind of call to a place. */
async function failures(host: string, tls: TlsOptions): Promise<(Error | undefined)[]> {
  await using docker = new Docker({ host, tls });
  const calls = [
    docker.containerList(),
    docker.containerAttach("web"),
    docker.containerAttachWebsocket("web"),
  ];
  return (await outcomes(calls)).map(({ error }) => error);
}

async function allSay(host: string, tls: TlsOptions, words: string): Promise<void> {
  for (const error of await failures(host, tls)) {
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error?.message).toContain(`at ${host.replace("tcp:", "https:")}: `);
    expect(error?.message).toContain(words);
  }
}

test("an untrusted certificate is refused, with the reason", () =>
  inFolder(async (folder) => {
    expect(haveCommands("openssl", "docker")).toBe(true);
    const authority = await Authority.make(folder);
    const ca = await authority.certificate;
    const socket = anyEngine.host.replace("unix://", "");
    const altName = "IP:127.0.0.1";
    const serve = async (name: string, more: object) =>
      forwardTls(socket, { ...(await authority.issue({ name, usage: "serverAuth", altName, ...more })) });
    await using good = await serve("good", {});
    await using expired = await serve("expired", { days: 0 });
    await using other = await serve("other", { altName: "DNS:elsewhere.example" });
    const at = ({ port }: { readonly port: number }): string => `tcp://127.0.0.1:${port}`;

    await using docker = new Docker({ host: at(good), tls: { ca } });
    expect(await docker.containerList().result()).toMatchObject({ ok: true });
    await allSay(at(good), {}, "signed by an unknown authority. Provide the CA that signed it");
    await allSay(
      at(expired),
      { ca },
      "its certificate has expired. Renew the Engine's certificate, or correct the clock",
    );
    await allSay(at(other), { ca }, "its certificate is for other host names");
    await inFolder(async (config) => {
      await dockerCli(
        config,
        "context",
        "create",
        "lax",
        "--docker",
        `host=${at(expired)},skip-tls-verify=true`,
      );
      await using lax = new Docker({ context: "lax", env: { DOCKER_CONFIG: config } });
      expect(await lax.containerList().result()).toMatchObject({ ok: true });
    });
    await using trusting = new Docker({ host: at(expired), tls: { verify: false } });
    expect(await trusting.containerList().result()).toMatchObject({ ok: true });
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
    const pair = await authority.issue({ name: "old", usage: "serverAuth", altName });
    await using ancient = await forwardTls(socket, { ...pair, ...old } as TlsServerOptions);
    await allSay(at(ancient), { ca }, "does not speak TLS 1.2 or later");
    await using plain = await forwardTcp(socket);
    await allSay(at(plain), { ca }, "does not speak TLS");
  }));

if (tlsEngine) {
  const { host, folder: certs } = tlsEngine;
  const pem = (name: string): Promise<Buffer> => readFile(join(certs, name));

  describe("an Engine with mutual TLS", () => {
    test("is reached with a folder, with buffers, and as the environment says", async () => {
      const [ca, cert, key] = await Promise.all(["ca.pem", "cert.pem", "key.pem"].map(pem));
      for (const options of [
        { host, tls: { folder: certs } },
        { host, tls: { ca, cert, key } },
        { host, tls: { folder: certs, verify: false } },
        { env: { DOCKER_HOST: host, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certs } },
        { env: { DOCKER_HOST: host, DOCKER_TLS: "1", DOCKER_CONFIG: certs } },
      ]) {
        await using docker = new Docker(options);
        expect(await docker.containerList().result()).toMatchObject({ ok: true });
      }
    });

    test("is refused if another authority signed its certificate", () =>
      inFolder(async (folder) => {
        const ca = await (await Authority.make(folder)).certificate;
        const [cert, key] = [await pem("cert.pem"), await pem("key.pem")];
        await allSay(host, { ca, cert, key }, "signed by an unknown authority");
      }));

    test("is refused under a host name that its certificate does not have", async () => {
      await using alias = await forwardTcp(Number(new URL(host).port), "127.0.0.2");
      await allSay(
        `tcp://127.0.0.2:${alias.port}`,
        { folder: certs },
        "its certificate is for other host names",
      );
    });

    test("wants a client certificate", async () => {
      await allSay(
        host,
        { ca: await pem("ca.pem") },
        "it wants a client certificate. Give one (tls.cert and tls.key",
      );
      await using docker = new Docker({ host, tls: { ca: await pem("ca.pem") } });
      const { error } = failureOf(await docker.imageLoad({ body: Buffer.alloc(5 << 20) }).result());
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error.message).toContain("wants a client certificate");
    });

    test("does not take the client certificate of another authority, nor one that has expired", () =>
      inFolder(async (folder) => {
        const ca = await pem("ca.pem");
        const stranger = await Authority.make(folder);
        const client = await stranger.issue({ name: "client", usage: "clientAuth" });
        await allSay(
          host,
          { ca, ...client },
          "it does not accept the client certificate: another authority signed it",
        );
        const own = await Authority.of(certs, folder);
        const expired = await own.issue({ name: "expired", usage: "clientAuth", days: 0 });
        await allSay(host, { ca, ...expired }, "the client certificate has expired");
        const server = await own.issue({ name: "server", usage: "serverAuth" });
        await allSay(host, { ca, ...server }, "it does not accept the client certificate");
      }));

    test("is not connected to with a key of another certificate", async () => {
      const tls = { ca: await pem("ca.pem"), cert: await pem("cert.pem"), key: await pem("server-key.pem") };
      for (const error of await failures(host, tls)) {
        expect(error).toBeInstanceOf(ConfigError);
        expect(error?.message).toContain(
          "The option tls.key is not the key of the certificate The option tls.cert",
        );
      }
    });

    test("rejects clients without TLS, and says why", async () => {
      await using docker = new Docker({ host, env: {} });
      const { error } = failureOf(await docker.containerList().result());
      expect(error.message).toContain("Client sent an HTTP request to an HTTPS server");
    });
  });
}
