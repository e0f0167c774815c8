import { ArgumentError, isEngineError } from "../../../src/index.js";
import { signal, withServer } from "../../helpers/real-server.js";

describe("begun()", () => {
  test("resolves with the headers, long before the result", async () => {
    const start = signal();
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
        exit.then(() => {
          isDone = true;
        });
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(isDone).toBe(false);
        start.fire();
        expect(await exit.unwrap()).toEqual({ StatusCode: 3 });
        await exit.begun();
      },
    );
  });

  test("waits for the headers", async () => {
    const answer = signal();
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
