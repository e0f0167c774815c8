import { duplexPair } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Docker } from "../../../src/index.js";
import { MOST_IDLE_CONNECTIONS } from "../../../src/transport/engine-agent.js";
import { withByteServer } from "../../helpers/byte-server.js";
import { until } from "../../helpers/waiting.js";

const answer = (body: string): string =>
  `HTTP/1.1 200 OK\r\nApi-Version: 1.48\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const forged = answer('[{"Id":"forged"}]');

test.each([
  { what: "another answer", extra: forged },
  { what: "half an answer", extra: forged.slice(0, 40) },
  { what: "a 408", extra: "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n" },
  { what: "garbage", extra: "\0\0\0" },
])("$what on an idle connection closes it", async ({ extra }) => {
  await withByteServer(
    (socket, _, connection) => {
      socket.write(answer("[]"));
      if (connection === 0) setTimeout(() => socket.write(extra), 20);
    },
    async (docker, { received, closed }) => {
      await docker.containerList();
      await closed();
      expect(await docker.containerList()).toEqual([]);
      expect(received).toHaveLength(2);
    },
  );
});

test("after a burst of calls, a limited number of connections is kept", async () => {
  await withByteServer(
    (socket) => socket.write(answer("[]")),
    async (docker, { received, open }) => {
      const calls = MOST_IDLE_CONNECTIONS + 50;
      await Promise.all(Array.from({ length: calls }, () => docker.containerList()));
      expect(received).toHaveLength(calls);
      await until("the rest is closed", () => open() === MOST_IDLE_CONNECTIONS);
      await docker.containerList();
      expect(received).toHaveLength(calls);
    },
  );
});

test("a caller's stream that the server ended while idle is closed, and not used again", async () => {
  const streams: ReturnType<typeof duplexPair>[0][] = [];
  await using docker = new Docker({
    connect: () => {
      // Unlike sockets, these stay half-open.
      const [ours, theirs] = duplexPair();
      theirs.on("data", () => theirs.write(answer("[]")));
      if (streams.push(ours) === 1) theirs.once("data", () => setTimeout(() => theirs.end(), 20));
      return ours;
    },
  });
  await docker.containerList();
  await sleep(50);
  expect(streams[0]?.destroyed).toBe(true);
  expect(await docker.containerList({}, { timeout: 5000 })).toEqual([]);
  expect(streams).toHaveLength(2);
});
