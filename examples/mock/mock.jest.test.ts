// With Jest: answers from a mocked Engine, and a spy.
import { Docker } from "docker-engine-sdk";
import { mockEngine, success } from "docker-engine-sdk/testing";
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

test("a container that does not exist is not an error", async () => {
  const engine = mockEngine();
  engine.on("containerInspect").reply(404, { message: "No such container: web" });
  const docker = new Docker(engine.options);

  expect(await restartIfExited(docker, "web")).toBe(false);
  engine.done();
  await docker.close();
});

test("a running container is left alone", async () => {
  const docker = new Docker();
  jest.spyOn(docker, "containerInspect").mockReturnValue(success({ State: { Status: "running" } }));
  const start = jest.spyOn(docker, "containerStart");

  expect(await restartIfExited(docker, "web")).toBe(true);
  expect(start).not.toHaveBeenCalled();
});
