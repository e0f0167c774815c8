// With node:test: a container for several tests, which is gone even if they are killed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "docker-engine-sdk";
import { GenericContainer } from "./generic-container.js";

await test("a web server", async (t) => {
  const web = await new GenericContainer("busybox:1.37")
    .withCommand(["sh", "-c", 'echo "$GREETING" > /index.html; echo ready; exec httpd -f -h /'])
    .withEnvironment({ GREETING: "hello" })
    .withExposedPorts(80)
    .withWaitStrategy(until.all(until.log("ready"), until.http("/index.html", { port: 80 })))
    .start();
  t.after(() => web.stop());

  await t.test("answers on its mapped port", async () => {
    const response = await fetch(`http://${web.getHost()}:${web.getMappedPort(80)}/index.html`);
    assert.equal(await response.text(), "hello\n");
  });

  await t.test("runs commands", async () => {
    const { exitCode, stdout } = await web.exec(["cat", "/index.html"]);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: "hello\n" });
  });

  await t.test("has logs", async () => {
    for await (const { line } of (await web.logs()).lines()) {
      assert.equal(line, "ready");
      break;
    }
  });
});
