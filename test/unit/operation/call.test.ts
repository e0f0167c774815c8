import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ArgumentError, type Docker, isEngineError } from "../../../src/index.js";
import { useCompiled } from "../../helpers/compiled.js";
import { withServer } from "../../helpers/servers.js";
import { latch } from "../../helpers/waiting.js";

let compiled: string;
useCompiled((folder) => {
  compiled = folder;
});

describe("begun()", () => {
  test("resolves with the headers, long before the result", async () => {
    const start = latch();
    await withServer(
      async (_, response) => {
        response.writeHead(200, { "Content-Type": "application/json" }).flushHeaders();
        await start.fired;
        response.end('{"StatusCode":3}');
      },
      async (docker) => {
        const exit = docker.containerWait("job");
        await exit.begun();
        let isDone = false;
        void exit.then(() => {
          isDone = true;
        });
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(isDone).toBe(false);
        start.fire();
        expect(await exit).toEqual({ StatusCode: 3 });
        await exit.begun();
      },
    );
  });

  test("waits for the headers", async () => {
    const answer = latch();
    await withServer(
      async (_, response) => {
        await answer.fired;
        response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
      },
      async (docker) => {
        let hasBegun = false;
        const begun = docker
          .containerWait("job")
          .begun()
          .then(() => {
            hasBegun = true;
          });
        await new Promise((resolve) => setTimeout(resolve, 30));
        expect(hasBegun).toBe(false);
        answer.fire();
        await begun;
      },
    );
  });

  test("rejects if the call fails, or cannot be sent", async () => {
    await withServer(
      (_, response) => void response.writeHead(404, { "Content-Length": 0 }).end(),
      async (docker) => {
        const error = await docker
          .containerWait("job")
          .begun()
          .catch((caught) => caught);
        expect(isEngineError(error, 404)).toBe(true);
        await expect(docker.containerWait("").begun()).rejects.toThrow(ArgumentError);
      },
    );
  });
});

const missing = (_: unknown, response: ServerResponse) =>
  void response
    .writeHead(404, { "Content-Type": "application/json" })
    .end('{"message":"No such container: web"}');

describe("a call that fails", () => {
  test("throws when awaited, and answers through result()", () =>
    withServer(missing, async (docker) => {
      await expect(docker.containerStart("web")).rejects.toThrow("No such container: web");
      expect(await docker.containerStart("web").result()).toMatchObject({ ok: false, status: 404 });
    }));

  // In a process of its own: what nobody handles ends it.
  test.each([
    ["nobody awaits", "docker.containerStart('web')", 1],
    ["result() is asked of", "docker.containerStart('web').result()", 0],
    ["begun() is asked of", "docker.containerStart('web').begun().catch(() => undefined)", 0],
  ])(
    "that %s exits as node does for a promise",
    async (_, call, code) => {
      const script = `
      import { Docker } from "./src/index.js";
      const docker = new Docker({ host: "unix:///no/such.sock", env: {} });
      ${call};`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: compiled });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
      expect(await once(child, "close")).toEqual([code, null]);
      if (code !== 0) expect(stderr).toContain("there is no such socket");
    },
    60_000,
  );

  test("rejects result() only for arguments that cannot be sent", () =>
    withServer(missing, async (docker) => {
      await expect(docker.containerStart("").result()).rejects.toThrow(ArgumentError);
    }));
});

describe("a call of a stream", () => {
  const withEvents = (use: (docker: Docker, closed: Promise<void>) => Promise<void>) => {
    const closed = latch();
    return withServer(
      (_, response) => {
        response.once("close", closed.fire).writeHead(200, { "Content-Type": "application/json" });
        response.write('{"Type":"image"}\n{"Type":"volume"}\n');
      },
      (docker) => use(docker, closed.fired),
    );
  };

  test("is iterated itself; leaving the loop closes the connection", () =>
    withEvents(async (docker, closed) => {
      const types: unknown[] = [];
      for await (const { Type } of docker.systemEvents()) {
        types.push(Type);
        if (types.length === 2) break;
      }
      expect(types).toEqual(["image", "volume"]);
      await closed;
    }));

  test("closes its connection when it is left before the first value", () =>
    withEvents(async (docker, closed) => {
      const events = docker.systemEvents();
      await events.begun();
      await events[Symbol.asyncIterator]().return?.();
      await closed;
    }));

  test("throws its failure into the loop", () =>
    withServer(missing, async (docker) => {
      const loop = async () => {
        for await (const _ of docker.containerLogs("web", { stdout: true }));
      };
      await expect(loop()).rejects.toThrow("No such container: web");
    }));
});

describe("containerStats", () => {
  test("returns one value where no stream is requested", () =>
    withServer(
      (request, response) => {
        expect(request.url).toContain("stream=false");
        response
          .writeHead(200, { "Content-Type": "application/json" })
          .end('{"read":"2026-01-01T00:00:00Z"}');
      },
      async (docker) => {
        const stats: unknown = await docker.containerStats("web", { stream: false });
        expect(stats).toEqual({ read: "2026-01-01T00:00:00Z" });
      },
    ));
});

/** An Engine that does not answer. `arrived` is resolved with the request, `gone` when its connection is closed. */
async function withSilentEngine(
  use: (
    docker: Docker,
    request: { readonly arrived: Promise<void>; readonly gone: Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  const [arrived, gone] = [latch(), latch()];
  await withServer(
    (request) => {
      request.socket.once("close", gone.fire);
      arrived.fire();
    },
    (docker) => use(docker, { arrived: arrived.fired, gone: gone.fired }),
  );
}

test("leaving an iteration before the answer begins ends the call", () =>
  withSilentEngine(async (docker, { arrived, gone }) => {
    const reader = docker.systemEvents()[Symbol.asyncIterator]();
    const next = reader.next();
    await arrived;
    expect(await reader.return?.()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    await gone;
  }));

test("a Node stream of a call can be destroyed before the answer begins", () =>
  withSilentEngine(async (docker, { arrived, gone }) => {
    const events = Readable.from(docker.systemEvents());
    events.resume();
    await arrived;
    events.destroy();
    await gone;
  }));

test("an iteration that is left at once sends nothing, and leaves no timer", async () => {
  let requests = 0;
  await withServer(
    () => {
      requests += 1;
    },
    async (docker) => {
      const events = docker.systemEvents({}, { timeout: 60_000 });
      await events[Symbol.asyncIterator]().return?.();
      expect(await events.result()).toMatchObject({ ok: false, error: { code: "ERR_DOCKER_ABORTED" } });
    },
  );
  expect(requests).toBe(0);
});

test("a result is not a hash table, which would make every call dearer", () =>
  withServer(
    (_, response) => void response.end("[]"),
    async (docker) => {
      setFlagsFromString("--allow-natives-syntax");
      const isFast = runInNewContext("(object) => %HasFastProperties(object)") as (object: object) => boolean;
      expect(isFast(await docker.containerList().result())).toBe(true);
    },
  ));

test("a result is a plain object that compares, copies and prints as one", () =>
  withServer(
    (_, response) => void response.setHeader("X-Mine", "1").end("[]"),
    async (docker) => {
      const result = await docker.containerList().result();
      expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
      expect(result).toStrictEqual({ ok: true, status: 200, headers: expect.any(Headers), data: [] });
      expect({ ...result }.headers?.get("x-mine")).toBe("1");
      expect(new Proxy(result, {}).headers?.get("x-mine")).toBe("1");
    },
  ));
