import { Duplex } from "node:stream";
import { ConnectionError, Docker } from "../../../src/index.js";
import { withByteServer } from "../../helpers/byte-server.js";

const LIST = "HTTP/1.1 200 OK\r\nApi-Version: 1.48\r\nContent-Length: 2\r\n\r\n[]";
const large = Buffer.alloc(2 << 20, "x");

/** A server that answers a list, and then takes a little of the next request and hangs up, with or without an answer. */
async function meetsHangUp(answer: string, call: (docker: Docker) => Promise<unknown>): Promise<string[]> {
  return withByteServer(
    (socket, received) => {
      if (!received.includes("POST ") && !received.includes("PUT ")) socket.write(LIST);
      else if (answer) socket.end(answer, () => socket.destroy());
      else socket.destroy();
    },
    async (docker, { received }) => {
      await docker.containerList();
      await call(docker);
      return received.flatMap((bytes) => bytes.match(/\/(?:load|create|archive)\b/g) ?? []);
    },
  );
}

test.each([
  { what: "without an answer", answer: "" },
  { what: "with an early answer", answer: "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}" },
])(
  "a large POST of which the Engine took a part before it hung up, $what, is not sent twice",
  async ({ answer }) => {
    for (let i = 0; i < 3; i += 1) {
      const seen = await meetsHangUp(answer, (docker) =>
        docker.containerCreate({ Image: "a", Labels: { large: large.toString("latin1") } }).result(),
      );
      expect(seen).toEqual(["/create"]);
    }
  },
);

test("nor is a large PUT of bytes; its failure is a ConnectionError", async () => {
  const seen = await meetsHangUp("", async (docker) => {
    await expect(docker.putContainerArchive("web", large, { path: "/" })).rejects.toThrow(ConnectionError);
  });
  expect(seen).toEqual(["/archive"]);
});

test("nor is a POST of which a connection of the caller's own took a part, before it reported EPIPE", async () => {
  const seen: string[] = [];
  const connect = (): Duplex =>
    new Duplex({
      read: () => undefined,
      write(this: Duplex, piece: Buffer, _, done) {
        const [line = ""] = piece.toString("latin1").split(" HTTP/1.1", 1);
        if (line.includes(" /")) seen.push(line);
        if (line.startsWith("POST")) done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
        else done();
        if (line.startsWith("GET")) this.push(LIST);
      },
    });
  await using docker = new Docker({ connect, apiVersion: "1.48" });
  await docker.containerList();
  await expect(docker.containerCreate({ Image: "a" })).rejects.toThrow(ConnectionError);
  expect(seen).toEqual(["GET /v1.48/containers/json", "POST /v1.48/containers/create"]);
});
