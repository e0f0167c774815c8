import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Docker, UnsupportedError } from "../../../src/index.js";
import { frame } from "../../helpers/frames.js";
import { withClientOf, withServer } from "../../helpers/servers.js";
import { latch } from "../../helpers/waiting.js";

/** An Engine that, like Podman, does not state the format of logs; `inspect` answers an inspection. */
function unstated(
  inspect: (response: ServerResponse) => void,
  closed: () => void = () => undefined,
  headers: OutgoingHttpHeaders = {},
) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.includes("/json")) {
      inspect(response);
      return;
    }
    response.once("close", closed).writeHead(200, { "Api-Version": "1.51", ...headers });
    response.write(frame("stdout", "hello\n"));
  };
}

const inspected = (Tty: boolean) => (response: ServerResponse) =>
  void response
    .writeHead(200, { "Content-Type": "application/json" })
    .end(JSON.stringify({ Config: { Tty } }));

test("the terminal tells the format of logs that an answer does not state", () =>
  withServer(unstated(inspected(false)), async (docker) => {
    for await (const { data } of docker.containerLogs("web", { stdout: true })) {
      expect(data.toString()).toBe("hello\n");
      break;
    }
  }));

test("a media type that is only a guess from the first bytes, as of Podman 4.3, states no format", () => {
  const headers = { "Content-Type": "application/octet-stream" };
  return withServer(unstated(inspected(false), undefined, headers), async (docker) => {
    for await (const { data } of docker.containerLogs("web", { stdout: true })) {
      expect(data.toString()).toBe("hello\n");
      break;
    }
  });
});

/** An Engine that answers an attach as Docker and Podman do: without its version. It says that when it is asked. */
function withAttach(
  { version, tty, asked = [] }: { version: string; tty: boolean; asked?: (string | undefined)[] },
  use: (docker: Docker) => Promise<void>,
  apiVersion?: string,
): Promise<void> {
  const server = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.setHeader("Api-Version", version);
    if (method === "HEAD") response.end();
    else inspected(tty)(response);
  });
  server.on("upgrade", (_, connection: Duplex) => {
    connection.write("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n");
    connection.end(
      Buffer.concat([Buffer.from("Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"), frame("stdout", "hello\n")]),
    );
  });
  return withClientOf(server, use, { apiVersion });
}

const attached = async (docker: Docker) =>
  (await docker.containerAttach("web", { stream: true, stdout: true })).text();

test.each([undefined, "1.48"])("an Engine older than 1.42 calls frames raw; apiVersion: %s", (apiVersion) =>
  withAttach(
    { version: "1.41", tty: false },
    async (docker) => {
      expect(await attached(docker)).toEqual({ stdout: "hello\n", stderr: "" });
      expect(await attached(docker)).toEqual({ stdout: "hello\n", stderr: "" });
    },
    apiVersion,
  ),
);

test("an Engine that states formats is believed, and asked for its version once", () => {
  const asked: string[] = [];
  return withAttach({ version: "1.48", tty: true, asked }, async (docker) => {
    const stdout = frame("stdout", "hello\n").toString();
    expect(await attached(docker)).toEqual({ stdout, stderr: "" });
    expect(await attached(docker)).toEqual({ stdout, stderr: "" });
    expect(asked).toEqual(["HEAD /_ping"]);
  });
});

test("with a terminal they are raw", () =>
  withServer(unstated(inspected(true)), async (docker) => {
    for await (const { data } of docker.containerLogs("web", { stdout: true })) {
      expect(data).toEqual(frame("stdout", "hello\n"));
      break;
    }
  }));

test("an inspection that fails closes the connection of the logs", async () => {
  const closed = latch();
  const missing = (response: ServerResponse) =>
    void response.writeHead(404).end('{"message":"No such container"}');
  await withServer(unstated(missing, closed.fire), async (docker) => {
    const result = await docker.containerLogs("web", { stdout: true }).result();
    expect(result).toMatchObject({ ok: false, error: { operation: "ContainerInspect", status: 404 } });
    await closed.fired;
  });
});

test("an option that the Engine's version lacks is refused although it was answered, and its connection closed", async () => {
  const closed = latch();
  await withServer(
    (_, response) => {
      response.once("close", closed.fire).writeHead(200, { "Api-Version": "1.41" });
      response.write("the image of another platform");
    },
    async (docker) => {
      await expect(docker.imageGet("alpine", "linux/arm64")).rejects.toThrow(UnsupportedError);
      await closed.fired;
    },
  );
});
