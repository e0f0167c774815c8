// With node:test: answers from a mocked Engine, and a spy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Docker } from "docker-engine-sdk";
import { failure, mockEngine, success } from "docker-engine-sdk/testing";
import { restartIfExited } from "./restart-if-exited.js";

await test("a container that has exited is started", async () => {
  const engine = mockEngine();
  engine.on("containerInspect", { id: "web" }).reply(200, { State: { Status: "exited" } });
  engine.on("containerStart", { id: "web" }).reply(204);
  const docker = new Docker(engine.options);

  assert.equal(await restartIfExited(docker, "web"), true);
  engine.done(); // both calls were made, and no other
  await docker.close();
});

await test("a running container is left alone", async (t) => {
  const docker = new Docker();
  t.mock.method(docker, "containerInspect", () => success({ State: { Status: "running" } }));
  const start = t.mock.method(docker, "containerStart");

  assert.equal(await restartIfExited(docker, "web"), true);
  assert.equal(start.mock.callCount(), 0);
});

await test("a failure that is not a 404 is thrown", async (t) => {
  const docker = new Docker();
  t.mock.method(docker, "containerInspect", () => failure(500, "out of memory"));

  await assert.rejects(restartIfExited(docker, "web"), /out of memory/);
});
