import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  type ContainerCreateBody,
  ReadinessError,
  TimeoutError,
  until,
  usageOf,
} from "../../../src/index.js";
import { describeStores, everyStore, rejection, uniqueName, useEngine } from "../engine.js";
import { inNetworkOf } from "../engine-network.js";
import { proxyEngine } from "../engine-proxy.js";
import { leavesNoConnection } from "./open-sockets.js";

describeStores(everyStore, "waitFor", (engine) => {
  const { docker, atEnd } = useEngine(engine);
  leavesNoConnection();

  async function created(
    command: string,
    HostConfig: ContainerCreateBody["HostConfig"] = {},
  ): Promise<string> {
    const body = {
      Image: "busybox:local",
      Cmd: ["sh", "-c", command],
      ExposedPorts: Object.fromEntries(Object.keys(HostConfig?.PortBindings ?? {}).map((port) => [port, {}])),
      HostConfig: { Init: true, NetworkMode: "none", ...HostConfig },
    };
    const { Id } = await docker.containerCreate(body, { name: uniqueName("ready") });
    atEnd(() => docker.containerDelete(Id, { force: true }));
    return Id;
  }

  test("from before its start until a port, lines, a command and a health check are ready", async () => {
    const id = await created(
      "echo one; sleep 0.3; touch /tmp/up; printf re; sleep 0.2; echo ady; exec httpd -f -p 80",
    );
    const ready = until.all(
      until.port(80),
      until.log(/^ready$/),
      until.exec(["test", "-e", "/tmp/up"]),
      until.any(until.exited(), until.log("one", { stream: "stdout" })),
    );
    const waiting = docker.waitFor(id, ready, { timeout: 20_000 });
    await docker.containerStart(id);
    await waiting;
    // Another run does not count what this one wrote.
    await docker.containerRestart(id, { t: 0 });
    const error = await rejection(docker.waitFor(id, until.log("ready", { times: 2 }), { timeout: 1500 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toMatch(/log "ready", 2 times: 1 of 2 lines\n.*\n {4}one\n {4}ready$/);
    await docker.waitFor(id, until.log("ready"), { timeout: 10_000 });
  });

  test.each([false, true])("an exit ends it at once (removed by the Engine: %s)", async (AutoRemove) => {
    const id = await created("echo failing; sleep 0.5; exit 4", { AutoRemove });
    const waits = [until.port(80), until.log("ready"), until.exited(0)].map((condition) =>
      rejection(docker.waitFor(id, condition, { timeout: 20_000 })),
    );
    const exited = docker.waitFor(id, until.any(until.log("never"), until.exited(4)), { timeout: 20_000 });
    await docker.containerStart(id);
    for (const error of await Promise.all(waits)) {
      expect(error).toBeInstanceOf(ReadinessError);
      expect(error).toMatchObject({ failure: "exited", exitCode: 4, log: ["failing"] });
    }
    await exited;
  });

  test("a published port, an HTTP answer, the host and the address, from the Engine's machine", async () => {
    const id = await created("sleep 0.5; mkdir /w; echo up >/w/health; exec httpd -f -p 80 -h /w", {
      NetworkMode: "bridge",
      PortBindings: { "80/tcp": [{ HostPort: "" }], "81/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
    });
    await docker.containerStart(id);
    const { stdout } = await inNetworkOf(docker, engine.host, "wait-for-child.ts", [id], atEnd);
    const { host, port, address, silent } = JSON.parse(stdout);
    expect(host).toBe("localhost");
    expect(port).toBe(await docker.portOf(id, "80/tcp"));
    expect(address).toBe(await docker.addressOf(id));
    // Docker's proxy accepts connections to a port that nobody serves.
    expect(silent).toMatch(
      /port 81\/tcp: (no process in the container listens on it|127\.0\.0\.1:\d+: .*)\n/,
    );
    const error = await rejection(docker.portOf(id, 82));
    expect((error as Error).message).toMatch(
      /does not publish 82\/tcp; it publishes 80\/tcp at .*, 81\/tcp at 127\.0\.0\.1:\d+$/,
    );
  });

  test("usageOf computes what `docker stats` shows", async () => {
    const id = await created("while :; do :; done", { NanoCpus: 200_000_000, Memory: 32 * 2 ** 20 });
    await docker.containerStart(id);
    // The CLI prints figures of a sample that the proxy keeps, so both compute from the same bytes.
    let sample = "";
    const proxy = await proxyEngine(engine, (path, answer, outgoing) => {
      answer.pipe(outgoing);
      if (path.includes("/stats?")) answer.on("data", (bytes) => (sample += bytes));
    });
    const format = "{{.CPUPerc}} {{.MemUsage}} {{.MemPerc}} {{.NetIO}} {{.PIDs}}";
    const { stdout } = await promisify(execFile)("docker", [
      ...["--host", proxy.host, "stats", "--no-stream", "--format", format, id],
    ]).finally(proxy.close);
    const { cpuPercent, memory, network, pids } = usageOf(JSON.parse(sample));
    expect(network).toEqual({ received: 0, sent: 0 });
    expect(memory.limit).toBe(32 * 2 ** 20);
    const [unit, size] = memory.used < 2 ** 20 ? (["KiB", 2 ** 10] as const) : (["MiB", 2 ** 20] as const);
    const used = `${Number((memory.used / size).toPrecision(4))}${unit}`;
    expect(stdout).toBe(
      `${cpuPercent.toFixed(2)}% ${used} / 32MiB ${memory.percent.toFixed(2)}% 0B / 0B ${pids}\n`,
    );
    expect(cpuPercent).toBeGreaterThan(0);
    expect(cpuPercent).toBeLessThan(40);
  });
});
