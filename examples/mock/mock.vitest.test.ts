// With Vitest: answers from a mocked Engine, and a spy.
import { Docker } from "docker-engine-sdk";
import { failure, mockEngine, success } from "docker-engine-sdk/testing";
import { expect, test, vi } from "vitest";
import { restartIfExited } from "./restart-if-exited.js";

test("a container that has exited is started", async () => {
  const engine = mockEngine();
  engine.on("containerInspect", { id: "web" }).reply(200, { State: { Status: "exited" } });
  engine.on("containerStart", { id: "web" }).reply(204);
  const docker = new Docker(engine.options);

  expect(await restartIfExited(docker, "web")).toBe(true);
  engine.done(); // both calls were made, and no other
  await docker.close();
});

test("a running container is left alone", async () => {
  const docker = new Docker();
  vi.spyOn(docker, "containerInspect").mockReturnValue(success({ State: { Status: "running" } }));
  const start = vi.spyOn(docker, "containerStart");

  expect(await restartIfExited(docker, "web")).toBe(true);
  expect(start).not.toHaveBeenCalled();
});

test("a failure that is not a 404 is thrown", async () => {
  const docker = new Docker();
  vi.spyOn(docker, "containerInspect").mockReturnValue(failure(500, "out of memory"));

  await expect(restartIfExited(docker, "web")).rejects.toThrow("out of memory");
});
