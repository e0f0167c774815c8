/** The services that answer one question: health, logins, secrets. */
import {
  CredentialsRequest,
  CredentialsResponse,
  GetSecretRequest,
  GetSecretResponse,
  HealthCheckRequest,
  HealthCheckResponse,
} from "../../../../generated/buildkit/session.js";
import { Code } from "../../../../src/buildkit/grpc/status.js";
import { auth } from "../../../../src/buildkit/services/auth.js";
import { health } from "../../../../src/buildkit/services/health.js";
import { secrets } from "../../../../src/buildkit/services/secrets.js";
import type { RegistryLogin } from "../../../../src/buildkit/settings.js";
import { ArgumentError } from "../../../../src/index.js";
import { grpcSession } from "../../../helpers/grpc-session.js";

test("the session is healthy", async () => {
  await using session = grpcSession(health);
  const { messages } = await session.engine.unary(
    "/grpc.health.v1.Health/Check",
    HealthCheckRequest,
    {},
    HealthCheckResponse,
  );
  expect(messages).toEqual([{ status: 1 }]);
});

describe("a login", () => {
  const logins: Record<string, RegistryLogin> = {
    "127.0.0.1:5000": { username: "user", password: "pass:word" },
    "docker.io": { username: "hub", password: "hubpass" },
    "token.example": { identitytoken: "identity", username: "ignored" },
  };
  const find = async (host: string) => {
    const asked: string[] = [];
    await using session = grpcSession(
      auth(async (name) => {
        asked.push(name);
        return logins[name];
      }),
    );
    const { messages } = await session.engine.unary(
      "/moby.filesync.v1.Auth/Credentials",
      CredentialsRequest,
      { Host: host },
      CredentialsResponse,
    );
    return { login: messages[0], asked };
  };

  test.each([
    { host: "127.0.0.1:5000", login: { Username: "user", Secret: "pass:word" }, asked: "127.0.0.1:5000" },
    { host: "127.0.0.1:5001", login: { Username: "", Secret: "" }, asked: "127.0.0.1:5001" },
    { host: "registry-1.docker.io", login: { Username: "hub", Secret: "hubpass" }, asked: "docker.io" },
    { host: "token.example", login: { Username: "", Secret: "identity" }, asked: "token.example" },
  ])("goes out for $host and no other host", async ({ host, login, asked }) => {
    expect(await find(host)).toEqual({ login, asked: [asked] });
  });

  test("that cannot be found ends the build with the reason", async () => {
    const reason = new Error("the helper crashed");
    await using session = grpcSession(auth(() => Promise.reject(reason)));
    const { status, message } = await session.engine.unary(
      "/moby.filesync.v1.Auth/Credentials",
      CredentialsRequest,
      { Host: "a.example" },
      CredentialsResponse,
    );
    expect([status, session.failures]).toEqual([Code.INTERNAL, [reason]]);
    expect(message).not.toContain("helper");
  });
});

describe("a secret", () => {
  const LIMIT = 500 * 1024;
  const get = async (read: () => Promise<Uint8Array>, id = "s") => {
    await using session = grpcSession(secrets(new Map([["s", read]])));
    const answer = await session.engine.unary(
      "/moby.buildkit.secrets.v1.Secrets/GetSecret",
      GetSecretRequest,
      { ID: id },
      GetSecretResponse,
    );
    return { ...answer, failures: session.failures };
  };

  test("is read each time it is asked for", async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return Buffer.from(`${reads}`);
    };
    expect(reads).toBe(0);
    expect(Buffer.from((await get(read)).messages[0]?.data ?? []).toString()).toBe("1");
    expect(Buffer.from((await get(read)).messages[0]?.data ?? []).toString()).toBe("2");
  });

  test("that does not exist does not fail the client: the Engine asks for some of its own", async () => {
    const { status, failures } = await get(async () => Buffer.alloc(0), "HTTP_AUTH_TOKEN_example.org");
    expect([status, failures]).toEqual([Code.NOT_FOUND, []]);
  });

  test("may have 500 KiB", async () => {
    expect((await get(async () => Buffer.alloc(LIMIT))).messages[0]?.data.length).toBe(LIMIT);
    const { status, failures } = await get(async () => Buffer.alloc(LIMIT + 1));
    expect(status).toBe(Code.INTERNAL);
    expect(failures).toEqual([
      new ArgumentError("build: the secret s has 512001 bytes; BuildKit takes 512000 at most"),
    ]);
  });

  test("whose reader throws ends the build with that error, of which the Engine sees nothing", async () => {
    const reason = new Error("no such file: /home/me/s");
    const { message, failures } = await get(() => Promise.reject(reason));
    expect(failures).toEqual([reason]);
    expect(message).not.toContain("/home");
  });
});
