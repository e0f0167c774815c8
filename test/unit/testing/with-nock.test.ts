import nock from "nock";
import { Docker } from "../../../src/index.js";
import { mockEngine } from "../../../src/testing/index.js";
import { useNock } from "../../helpers/use-nock.js";

useNock();

const out = { stream: "stdout", data: "hello\n" } as const;

test("a mocked Engine answers while nock is active, refuses connections and mocks localhost", async () => {
  const host = nock("http://localhost").get("/v1.48/info").reply(500, { message: "nock answered" });
  const engine = mockEngine();
  await using docker = new Docker(engine.options);
  engine
    .on("systemInfo")
    .reply(200, { Name: "mocked" })
    .on("containerLogs")
    .reply(200, [out])
    .on("execStart")
    .reply(101, [out])
    .on("containerAttachWebsocket")
    .reply(101, [out])
    .on("systemPing")
    .fail();
  expect((await docker.systemInfo()).Name).toBe("mocked");
  const logs = await docker.containerLogs("web", { stdout: true });
  expect((await logs.text()).stdout).toBe("hello\n");
  const exec = await docker.execStart("e1", { body: {} });
  expect((await exec.text()).stdout).toBe("hello\n");
  const attached = await docker.containerAttachWebsocket("web", { stdout: true });
  expect((await attached.text()).stdout).toBe("hello\n");
  expect(await docker.systemPing().result()).toMatchObject({
    ok: false,
    error: { code: "ERR_DOCKER_CONNECTION" },
  });
  engine.done();
  expect(host.isDone()).toBe(false);
  nock.cleanAll();
});
