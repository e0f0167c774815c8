// With node:test: a container for the tests of a file, which is gone even if they are killed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "docker-engine-sdk";
import { GenericContainer, type StartedContainer } from "./generic-container.js";

let web: StartedContainer;

before(async () => {
  web = await new GenericContainer("busybox:1.37")
    .withCommand(["sh", "-c", 'echo "$GREETING" > /index.html; echo ready; exec httpd -f -h /'])
    .withEnvironment({ GREETING: "hello" })
    .withExposedPorts(80)
    .withWaitStrategy(until.all(until.log("ready"), until.http("/index.html", { port: 80 })))
    .start();
});
after(() => web.stop());

await test("it answers on its mapped port", async () => {
  const response = await fetch(`http://${web.getHost()}:${web.getMappedPort(80)}/index.html`);
  assert.equal(await response.text(), "hello\n");
});

await test("it runs commands", async () => {
  const { exitCode, stdout } = await web.exec(["cat", "/index.html"]);
  assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: "hello\n" });
});

await test("it has logs", async () => {
  for await (const { line } of (await web.logs()).lines()) {
    assert.equal(line, "ready");
    break;
  }
});
