import { DockerError } from "../../../src/errors.js";
import { withServer } from "../../helpers/servers.js";

/** Counts the errors of this package, and the plain ones of its code, made while something is done. */
async function errorsMade(work: () => Promise<unknown>): Promise<number> {
  const { Error: Real } = globalThis;
  const parent = Object.getPrototypeOf(DockerError);
  let made = 0;
  class Counted extends Real {
    constructor(...args: ConstructorParameters<ErrorConstructor>) {
      super(...args);
      made += 1;
    }
  }
  globalThis.Error = Counted as ErrorConstructor;
  Object.setPrototypeOf(DockerError, Counted);
  try {
    await work();
  } finally {
    globalThis.Error = Real;
    Object.setPrototypeOf(DockerError, parent);
  }
  return made;
}

test("a call that ends well makes no error, timer or signal listener", async () => {
  await withServer(
    (request, response) => {
      request.resume();
      response.end(request.url?.includes("create") ? '{"Id":"a","Warnings":[]}' : "[]");
    },
    async (docker) => {
      await docker.containerList();
      const timers = jest.spyOn(globalThis, "setTimeout");
      const made = await errorsMade(async () => {
        for (let i = 0; i < 5; i += 1) {
          await docker.containerList();
          await docker.containerPause("web");
          await docker.containerCreate({ Image: "a" });
        }
        // Nor when its connection is put away.
        await new Promise((resolve) => setImmediate(resolve));
      });
      expect(made).toBe(0);
      expect(timers).not.toHaveBeenCalled();
      timers.mockRestore();
    },
  );
});

test("the errors of a call that fails are counted", async () => {
  await withServer(
    (request) => void request.socket.destroy(),
    async (docker) => {
      expect(await errorsMade(() => docker.containerList().result())).toBeGreaterThan(0);
    },
  );
});
