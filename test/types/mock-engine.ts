import { mockEngine } from "../../src/testing/index.js";

const engine = mockEngine();

engine
  .on("imageGet", { name: "alpine", platform: { os: "linux", architecture: "arm64" } })
  .reply(200, Buffer.alloc(0));
engine.on("imageGet", { name: "alpine", platform: "linux/arm64" }).reply(404, { message: "no" });
engine.on("containerStart", { id: "web" }).reply(304);
engine.on("systemEvents").reply(200, [{ Type: "container", Action: "start" }]);
engine.on("execStart", { id: "e" }).reply(101, [{ stream: "stdout", data: Buffer.alloc(0) }]);

engine.on("containerInspect").reply(200, { State: { Running: true } });
engine.on("containerList").reply(200, [{ Id: "1" }]);

// @ts-expect-error a part of an answer is checked too
engine.on("containerInspect").reply(200, { State: { Running: "yes" } });
// @ts-expect-error an answer has no such field
engine.on("containerInspect").reply(200, { Stat: {} });
// @ts-expect-error there is no such operation
engine.on("imageFetch");
// @ts-expect-error the parameter is called name
engine.on("imageGet", { id: "alpine" });
// @ts-expect-error the option is a number
engine.on("containerStop", { id: "web", t: "ten" });
// @ts-expect-error the status is not declared
engine.on("imageGet").reply(418, { message: "no" });
// @ts-expect-error a failure has a message
engine.on("imageGet").reply(404, { text: "no" });
// @ts-expect-error an export is bytes
engine.on("imageGet").reply(200, { Id: "1" });
// @ts-expect-error the body is missing
engine.on("containerList").reply(200);
// @ts-expect-error a body where none belongs
engine.on("containerStart").reply(204, { Id: "1" });
// @ts-expect-error the operation has no such option
engine.on("containerStop", { id: "web", platform: "linux/arm64" });
