import type { IncomingMessage, ServerResponse } from "node:http";
import { imageGet, TimeoutError } from "../../../src/index.js";
import { frame } from "../../helpers/frames.js";
import { withServer } from "../../helpers/servers.js";

interface OldEngine {
  /** Milliseconds before each answer. */
  readonly delay?: number;
  readonly isMissing?: boolean;
  /** What happens to the second request. */
  readonly cutSecond?: boolean;
  readonly seen?: IncomingMessage[];
}

/** An Engine of API 1.40: it refuses newer versions, and does not state the format of logs. */
function oldEngine({ delay = 0, isMissing = false, cutSecond = false, seen = [] }: OldEngine = {}) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    seen.push(request);
    if (cutSecond && seen.length === 2) {
      request.socket.destroy();
      return;
    }
    setTimeout(() => {
      response.setHeader("Api-Version", "1.40");
      if (request.url?.startsWith("/v1.48/")) response.writeHead(400).end('{"message":"client is too new"}');
      else if (isMissing) response.writeHead(404).end('{"message":"No such container: x"}');
      else if (request.url?.includes("/logs")) response.end(frame("stdout", "hello\n"));
      else response.setHeader("Content-Type", "application/json").end('{"Config":{"Tty":false}}');
    }, delay);
  };
}

describe("the result of a call that takes several requests", () => {
  test("is that of the inspection it needed, if that fails", () =>
    withServer(oldEngine({ isMissing: true }), async (docker) => {
      for (const result of [
        await docker.containerLogs("x", { stdout: true }).result(),
        // The version is known now, so the inspection comes first.
        await docker.containerLogs("x", { stdout: true }).result(),
      ]) {
        expect(result).toMatchObject({ ok: false, status: 404, error: { status: 404 } });
        expect(!result.ok && result.headers?.get("api-version")).toBe("1.40");
      }
    }));

  test("has nothing of the refused first one, if the second gets no answer", () =>
    withServer(oldEngine({ cutSecond: true }), async (docker) => {
      const result = await docker.containerDelete("x").result();
      expect(result).not.toHaveProperty("status");
      expect(result).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_CONNECTION" } });
    }));

  test("has nothing of the refused first one, if the Engine lacks an option", () =>
    withServer(oldEngine(), async (docker) => {
      const result = await imageGet(docker, "x", "linux/arm64");
      expect(result).toMatchObject({ kind: "failure", error: { code: "ERR_DOCKER_UNSUPPORTED" } });
      expect(result).not.toHaveProperty("status");
    }));
});

test("a timeout covers all requests of a call", () =>
  withServer(oldEngine({ delay: 500 }), async (docker) => {
    const start = performance.now();
    // Refused, then the inspection, then the logs: 1,500 ms.
    const error = await docker
      .containerLogs("x", { stdout: true }, { timeout: 800 })
      .catch((caught) => caught);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(performance.now() - start).toBeLessThan(1490);
  }));

test("an inspection has the call's headers", async () => {
  const seen: IncomingMessage[] = [];
  await withServer(oldEngine({ seen }), async (docker) => {
    await docker.containerLogs("x", { stdout: true }, { headers: { "X-Tenant": "a" } });
  });
  expect(seen.map(({ headers }) => headers["x-tenant"])).toEqual(["a", "a", "a"]);
});
