import type { IncomingMessage, ServerResponse } from "node:http";
import { UnsupportedError } from "../../../src/index.js";
import { frame } from "../../helpers/frames.js";
import { withServer } from "../../helpers/servers.js";
import { latch } from "../../helpers/waiting.js";

/** An Engine that, like Podman, does not state the format of logs; `inspect` answers an inspection. */
function unstated(inspect: (response: ServerResponse) => void, closed: () => void = () => undefined) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.includes("/json")) {
      inspect(response);
      return;
    }
    response.once("close", closed).writeHead(200, { "Api-Version": "1.51" });
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
