import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ArgumentError, ReadinessError, TimeoutError, until } from "../../../../src/index.js";
import { listeningIn } from "../../../../src/workflows/readiness/sockets-inside.js";
import { withEngine } from "../scripted-engine.js";

const running = {
  json: {
    Id: "c1",
    Config: {},
    HostConfig: {},
    State: { Status: "running", Running: true, ExitCode: 0, FinishedAt: "0001-01-01T00:00:00Z" },
    NetworkSettings: { Ports: {}, Networks: {} },
  },
};
const events = (response: ServerResponse) => {
  response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
};
const script = {
  "GET /containers/web/json": running,
  "GET /containers/c1/json": running,
  "GET /containers/c1/logs": { status: 404, json: { message: "gone" } },
  "GET /events": events,
};

test("an HTTP answer that switches protocols does not outlast the timeout", async () => {
  const server = createServer();
  server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  server.on("request", (request) => request.socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  try {
    await withEngine(script, async ({ docker }) => {
      const target = `http://127.0.0.1:${port}/?token=s3cret`;
      const error = await docker
        .waitFor("web", until.http(target), { timeout: 500 })
        .catch((caught) => caught);
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error.cause).toBeInstanceOf(ReadinessError);
      expect(error.message).not.toContain("s3cret");
    });
  } finally {
    server.close();
  }
});

test.each([
  [{ method: "CONNECT" }, "method"],
  [{ method: ["GET"] as never }, "method"],
  [{ headers: new Headers({ Authorization: "t" }) as never }, "headers"],
  [{ headers: new Map([["Authorization", "t"]]) as never }, "headers"],
])("until.http refuses %j", (options, name) => {
  expect(() => until.http("/", options)).toThrow(ArgumentError);
  expect(() => until.http("/", options)).toThrow(name);
});

test("empty lines in a table of sockets take no time", () => {
  const row = "   0: 00000000:0050 00000000:0000 0A 0:0 0\n";
  const begun = process.cpuUsage();
  expect(listeningIn(`local_address\n${"\n".repeat(200_000)}${row}`, "tcp")).toEqual([
    { port: 80, isLoopback: false },
  ]);
  // It took minutes.
  expect(process.cpuUsage(begun).user).toBeLessThan(5e6);
});

test("a log that breaks off each time is not read for ever", async () => {
  const broken = (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "application/vnd.docker.multiplexed-stream" });
    response.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 9, 97]), () => response.destroy());
  };
  await withEngine({ ...script, "GET /containers/c1/logs": broken }, async ({ docker, calls }) => {
    const error = await docker
      .waitFor("web", until.log("ready"), { timeout: 20_000 })
      .catch((caught) => caught);
    expect(error).toBeInstanceOf(ReadinessError);
    expect(error.message).toContain("has a log that cannot be read");
    expect(calls.filter((call) => call.includes("follow=true"))).toHaveLength(5);
  });
});
