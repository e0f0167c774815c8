import {
  AbortedError,
  ArgumentError,
  ConnectionError,
  Docker,
  type Hook,
  type RequestInfo,
  TimeoutError,
} from "../../../src/index.js";
import { withServer } from "../../helpers/servers.js";
import { latch, until } from "../../helpers/waiting.js";

type Recorded = { readonly [Name in keyof Required<Hook>]: Parameters<Required<Hook>[Name]>[0][] };

const recorder = (): { readonly heard: Recorded; readonly hook: Hook } => {
  const heard: Recorded = { onRequest: [], onResponse: [], onError: [] };
  return {
    heard,
    hook: {
      onRequest: (request) => void heard.onRequest.push(request),
      onResponse: (response) => void heard.onResponse.push(response),
      onError: (failure) => void heard.onError.push(failure),
    },
  };
};

test("a hook hears of a request and the beginning of its answer", () =>
  withServer(
    (_, response) => void response.writeHead(404, { "X-Mine": "1" }).end('{"message":"No such container"}'),
    async (docker) => {
      const { heard, hook } = recorder();
      docker.use(hook);
      await docker.containerInspect("web", { size: true }).result();
      const call = {
        operation: "ContainerInspect",
        method: "GET",
        path: "/v1.48/containers/web/json?size=true",
      };
      expect(heard.onRequest).toMatchObject([call]);
      expect(heard.onResponse).toMatchObject([{ ...call, status: 404 }]);
      expect(heard.onResponse[0]?.responseHeaders.get("x-mine")).toBe("1");
      expect(heard.onResponse[0]?.duration).toBeGreaterThan(0);
      expect(heard.onError).toEqual([]);
    },
  ));

test("a hook hears of a request that gets no answer", async () => {
  await using docker = new Docker({ host: "unix:///no/such.sock", env: {} });
  const { heard, hook } = recorder();
  docker.use(hook);
  await docker.systemPing().result();
  expect(heard.onError).toMatchObject([{ operation: "SystemPing", error: expect.any(ConnectionError) }]);
  expect(heard.onError[0]?.duration).toBeGreaterThanOrEqual(0);
});

test("a hook changes the headers that are sent", () => {
  const sent: unknown[] = [];
  return withServer(
    ({ headers }, response) => {
      sent.push(headers);
      response.writeHead(200, { "Content-Type": "text/plain" }).end("OK");
    },
    async (docker) => {
      docker.use({
        onRequest: async (request) => {
          await Promise.resolve();
          request.setHeader("traceparent", "00-1");
          request.setHeader("x-mine", null);
        },
      });
      await docker.systemPing({ headers: { "X-Mine": "1", Traceparent: "00-0" } });
      expect(sent).toMatchObject([{ traceparent: "00-1" }]);
      expect(sent[0]).not.toHaveProperty("x-mine");
    },
  );
});

test("secrets are sent and not shown", () => {
  let auth: unknown;
  return withServer(
    (request, response) => {
      auth = request.headers["x-registry-auth"];
      response.writeHead(200, { "Content-Type": "application/json" }).end("");
    },
    async (docker) => {
      const shown: RequestInfo[] = [];
      docker.use({ onRequest: (request) => void shown.push(request) });
      const login = { username: "ada", password: "s3cret" };
      await docker.imageCreate({ fromSrc: "https://ada:s3cret@example.org/a.tar", "X-Registry-Auth": login });
      expect(Buffer.from(String(auth), "base64url").toString()).toContain("s3cret");
      expect(shown[0]?.headers["x-registry-auth"]).toBe("***");
      expect(JSON.stringify(shown)).not.toMatch(/s3cret/);
    },
  );
});

test("a hook overhears a body as its reader gets it", () =>
  withServer(
    (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write('{"Type":"image"}\n');
      response.end('{"Type":"volume"}\n');
    },
    async (docker) => {
      const pieces: Buffer[] = [];
      const { fired: ended, fire: end } = latch();
      const data = (piece: Buffer) => void pieces.push(piece);
      docker.use({ onResponse: ({ overhear }) => overhear({ data, end }) });
      const types: unknown[] = [];
      for await (const { Type } of docker.systemEvents()) types.push(Type);
      await ended;
      expect(types).toEqual(["image", "volume"]);
      expect(Buffer.concat(pieces).toString()).toBe('{"Type":"image"}\n{"Type":"volume"}\n');
    },
  ));

test("an error that a hook throws fails the call", () =>
  withServer(
    (_, response) => void response.end("OK"),
    async (docker) => {
      docker.use({
        onRequest: () => {
          throw new Error("no span");
        },
      });
      await expect(docker.systemPing()).rejects.toThrow("no span");
    },
  ));

test.each([undefined, null, {}, { onRequst: () => undefined }, { onRequest: 1 }, "log"])(
  "%p is not a hook",
  async (hook) => {
    await using docker = new Docker({ host: "unix:///no/such.sock", env: {} });
    expect(() => docker.use(hook as never)).toThrow(ArgumentError);
  },
);

describe("an answer that a hook refuses", () => {
  const refuse = (): never => {
    throw new Error("no span");
  };

  test.each([
    { kind: "data", call: (docker: Docker) => docker.containerList() },
    { kind: "a stream", call: (docker: Docker) => docker.systemEvents() },
  ])("leaves no connection open: $kind", ({ call }) =>
    withServer(
      (_, response) => void response.writeHead(200, { "Content-Type": "application/json" }).write("["),
      async (docker, { connections }) => {
        docker.use({ onResponse: refuse });
        await expect(call(docker)).rejects.toThrow("no span");
        await until("the connection closes", () => connections.size === 0);
      },
    ),
  );

  test("while it is read fails its reader, and does not end the process", () =>
    withServer(
      (_, response) => void response.writeHead(200, { "Content-Type": "application/json" }).end("[]"),
      async (docker) => {
        docker.use({ onResponse: ({ overhear }) => overhear({ data: refuse }) });
        await expect(docker.containerList()).rejects.toThrow("no span");
      },
    ));
});

test.each([
  { what: "an invalid name", name: "no name\n", value: "1" },
  { what: "no name", name: undefined, value: "1" },
  { what: "an invalid value", name: "X-Auth", value: "s3cret\r\nHost: b" },
  { what: "a number", name: "X-Auth", value: 1 },
  { what: "what frames messages", name: "Connection", value: "close" },
])("a hook cannot set a header with $what", ({ name, value }) =>
  withServer(
    (_, response) => void response.end("OK"),
    async (docker) => {
      docker.use({ onRequest: ({ setHeader }) => setHeader(name as never, value as never) });
      const call = docker.systemPing();
      await expect(call).rejects.toThrow(ArgumentError);
      await expect(call).rejects.toThrow(/^SystemPing: .* that a hook sets (?!.*s3cret)/);
    },
  ),
);

test("a hook that cannot be read is refused", async () => {
  await using docker = new Docker({ host: "unix:///no/such.sock", env: {} });
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("locked");
      },
    },
  );
  expect(() => docker.use(hostile)).toThrow(ArgumentError);
});

describe.each(["onRequest", "onResponse"] as const)("an %s that never ends", (name) => {
  test.each([
    { what: "the call's timeout", request: () => ({ timeout: 50 }), error: TimeoutError },
    { what: "its signal", request: () => ({ signal: AbortSignal.timeout(50) }), error: AbortedError },
  ])("is ended by $what", ({ request, error }) =>
    withServer(
      (_, response) => void response.end("[]"),
      async (docker, { connections }) => {
        docker.use({ [name]: () => new Promise<void>(() => undefined) });
        await expect(docker.containerList({}, request())).rejects.toThrow(error);
        await until("no connection is open", () => connections.size === 0);
      },
    ),
  );
});
