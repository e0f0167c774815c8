import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import {
  isEngineError,
  ReadinessError,
  TimeoutError,
  type UsageSample,
  until,
  usageOf,
} from "../../../src/index.js";
import { inNetworkOf } from "../engine-network.js";
import { must, type Subject, type Trials } from "./subject.js";

const LIMITS = { timeout: 30_000 };
/** How long to wait for a health check that may never run. */
const HEALTH_MS = 4000;

/** How long to measure, where the Engine does not. */
const SAMPLING_MS = 1000;

/** What something fails with, if it does. */
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error) => error,
  );

/** A container that runs a shell command. */
const shell = (subject: Subject, command: string): Promise<string> => subject.running(["sh", "-c", command]);

/** A web server in the bridge network, with a port that is published and one that nobody serves. */
function webServer(subject: Subject): Promise<string> {
  const HostConfig = {
    Init: true,
    NetworkMode: "bridge",
    PortBindings: { "80/tcp": [{ HostPort: "" }], "81/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
  };
  const serve = ["sh", "-c", "mkdir -p /w; echo up >/w/health; exec httpd -f -p 80 -h /w"];
  return subject.running(serve, { ExposedPorts: { "80/tcp": {}, "81/tcp": {} }, HostConfig });
}

/** What applications need beside single calls: processes, readiness, addresses, figures, files, requests of their own. */
export const applications: Trials = {
  async spawn(subject) {
    const { docker } = subject;
    const id = await subject.running();
    const line = await docker.spawn(id, ["sh", "-c", "read l; echo $l; echo err >&2; exit 5"], LIMITS);
    line.stdin.end("in\n");
    const [stdout, stderr] = await Promise.all([text(line.stdout), text(line.stderr)]);
    must(stdout === "in\n" && stderr === "err\n", `the output is ${JSON.stringify([stdout, stderr])}`);
    must((await line.exitCode) === 5, `the exit code is ${await line.exitCode}`);
    const terminal = await docker.spawn(id, ["sh", "-c", "read l; stty size"], { ...LIMITS, tty: true });
    await terminal.resize({ columns: 90, rows: 30 });
    terminal.stdin.write("\n");
    must((await text(terminal.stdout)).includes("30 90"), "the terminal is not resized");
    const sleeper = await docker.spawn(id, ["sleep", "60"], LIMITS);
    await sleeper.kill("SIGKILL");
    must((await sleeper.exitCode) === 137, `a killed process exits with ${await sleeper.exitCode}`);
  },
  async launch(subject) {
    const { docker } = subject;
    const create = { HostConfig: { NetworkMode: "none" }, Labels: subject.labels };
    const options = { ...LIMITS, create, remove: true };
    const sorting = await docker.launch("busybox:local", ["sh", "-c", "sort; echo err >&2; exit 6"], options);
    sorting.stdin.end("b\na\n");
    const [stdout, stderr] = await Promise.all([text(sorting.stdout), text(sorting.stderr)]);
    must(stdout === "a\nb\n" && stderr === "err\n", `the output is ${JSON.stringify([stdout, stderr])}`);
    must((await sorting.exitCode) === 6, `the exit code is ${await sorting.exitCode}`);
    const sleeper = await docker.launch("busybox:local", ["sleep", "60"], { ...options, attach: false });
    await sleeper.kill();
    must((await sleeper.exitCode) === 137, `a killed container exits with ${await sleeper.exitCode}`);
    const gone = await docker.containerInspect(sleeper.id).result();
    must(!gone.ok && isEngineError(gone.error, 404), "the container is not removed");
  },
  async "until.port"(subject) {
    const id = await shell(subject, "sleep 0.3; exec httpd -f -p 80");
    await subject.docker.waitFor(id, until.port(80), LIMITS);
    const silent = await failureOf(subject.docker.waitFor(id, until.port(81), { timeout: 500 }));
    must(silent instanceof TimeoutError, `a port that nobody serves ends with ${silent}`);
  },
  async "until.log"(subject) {
    const { docker } = subject;
    const id = await shell(
      subject,
      "echo one; sleep 0.3; printf re; sleep 0.2; echo ady; echo err >&2; sleep 600",
    );
    await docker.waitFor(id, until.log(/^ready$/), LIMITS);
    await docker.waitFor(id, until.log("err", { stream: "stderr" }), LIMITS);
    const wrong = await failureOf(
      docker.waitFor(id, until.log("err", { stream: "stdout" }), { timeout: 700 }),
    );
    must(wrong instanceof TimeoutError, `a line of the other stream ends with ${wrong}`);
  },
  async "until.http"(subject) {
    const { docker, host } = subject;
    const id = await webServer(subject);
    const atEnd = (task: () => Promise<unknown>): void => subject.atEnd(task);
    const { stdout } = await inNetworkOf(docker, host, "wait-for-child.ts", [id], atEnd);
    const { address, port } = JSON.parse(stdout);
    must(port === (await docker.portOf(id, 80)), "the port is another one from the Engine's machine");
    must(address === (await docker.addressOf(id)), "the address is another one from the Engine's machine");
  },
  async "until.exec"(subject) {
    const { docker } = subject;
    const id = await shell(subject, "sleep 0.3; touch /tmp/up; sleep 600");
    await docker.waitFor(id, until.exec(["test", "-e", "/tmp/up"]), LIMITS);
    await docker.waitFor(id, until.exec(["sh", "-c", "exit 3"], { exitCode: 3 }), LIMITS);
  },
  async "until.healthy"(subject) {
    const Healthcheck = { Test: ["CMD", "true"], Interval: 1e9 };
    const id = await subject.running(["sleep", "600"], { Healthcheck });
    const failure = await failureOf(subject.docker.waitFor(id, until.healthy(), { timeout: HEALTH_MS }));
    must(!failure || failure instanceof TimeoutError, `it fails with ${failure}`);
    return [failure !== undefined && "health checks do not run without systemd"];
  },
  async "until.exited"(subject) {
    const { docker } = subject;
    const id = await subject.container(["sh", "-c", "echo failing; sleep 0.5; exit 4"]);
    const exited = docker.waitFor(id, until.exited(4), LIMITS);
    const other = failureOf(docker.waitFor(id, until.exited(0), LIMITS));
    await docker.containerStart(id);
    await exited;
    const error = await other;
    must(error instanceof ReadinessError && error.exitCode === 4, `another exit code ends with ${error}`);
    must(error.log?.includes("failing"), "the error lacks the last lines of the log");
  },
  async portOf(subject) {
    const { docker } = subject;
    const id = await webServer(subject);
    const bound = (await docker.containerInspect(id)).NetworkSettings?.Ports?.["80/tcp"]?.[0]?.HostPort;
    must(String(await docker.portOf(id, "80/tcp")) === bound, "the port is another");
    const missing = await failureOf(docker.portOf(id, 82));
    must(missing instanceof ReadinessError, `a port that is not published ends with ${missing}`);
  },
  async addressOf(subject) {
    const { docker } = subject;
    const id = await webServer(subject);
    const [address, { stdout: hosts }] = [
      await docker.addressOf(id),
      await docker.exec(id, ["cat", "/etc/hosts"]),
    ];
    must(
      hosts.split(/\s+/).includes(address),
      `the address is ${address}; the container's hosts are ${hosts}`,
    );
    const missing = await failureOf(docker.addressOf(id, "nosuch"));
    must(missing instanceof ReadinessError, `a network that it is not in ends with ${missing}`);
  },
  async usageOf(subject) {
    const id = await shell(subject, "while :; do :; done");
    const sample = (): Promise<UsageSample> => subject.docker.containerStats(id, { stream: false });
    const first = await sample();
    const isAlone = usageOf(first).cpuPercent < 1;
    if (isAlone) await sleep(SAMPLING_MS);
    const { cpuPercent, memory, network, pids } = isAlone ? usageOf(await sample(), first) : usageOf(first);
    must(cpuPercent > 1, `a busy container uses ${cpuPercent} % of a CPU`);
    must(memory.used > 0 && memory.limit > memory.used, `the memory is ${JSON.stringify(memory)}`);
    must(network.received === 0 && network.sent === 0, "it has sent without a network");
    must(pids > 0, "it has no process");
    return [isAlone && "a single sample holds no earlier one to compute CPU use from; pass one"];
  },
  async copyContentIn(subject) {
    const { docker } = subject;
    const id = await subject.running();
    await docker.copyContentIn(id, [{ path: "/srv/new/a.txt", content: "a", mode: 0o640, uid: 7, gid: 8 }]);
    const { stdout } = await docker.exec(id, ["busybox", "stat", "-c", "%a %u %g", "/srv/new/a.txt"]);
    must((await docker.exec(id, ["cat", "/srv/new/a.txt"])).stdout === "a", "the content is another");
    must(stdout.startsWith("640 "), `the mode is ${stdout}`);
    return [stdout !== "640 7 8\n" && `the owner is ${stdout.trim().slice(4)} for 7 8`];
  },
  async readFile(subject) {
    const { docker } = subject;
    const id = await subject.exited(["sh", "-c", "echo content >/a.txt; ln -s /a.txt /b.txt"]);
    must((await docker.readFile(id, "/b.txt", "utf8")) === "content\n", "the content is another");
    const missing = await failureOf(docker.readFile(id, "/nosuch"));
    must(isEngineError(missing), `a missing file ends with ${missing}`);
    return [missing.status !== 404 && `a missing file is ${missing.status}`];
  },
  async writeFile(subject) {
    const { docker } = subject;
    const id = await subject.exited(["sh", "-c", "echo old >/a.txt; chmod 600 /a.txt; ln -s /a.txt /b.txt"]);
    await docker.writeFile(id, "/b.txt", "new");
    must((await docker.readFile(id, "/a.txt", "utf8")) === "new", "the file behind the link is another");
    await docker.writeFile(id, "/c.txt", "created");
    must((await docker.readFile(id, "/c.txt", "utf8")) === "created", "a new file is not written");
  },
  async request(subject) {
    const { docker } = subject;
    const filters = { label: [subject.label] };
    await subject.running();
    const listed = await docker.request({ path: "/containers/json", query: { filters } });
    must((await listed.json<unknown[]>()).length === 1, "the filter is lost");
    const created = await docker.request({
      method: "POST",
      path: "/volumes/create",
      body: { Labels: subject.labels },
    });
    const { Name } = await created.json<{ Name: string }>();
    subject.atEnd(() => docker.volumeDelete(Name));
    const missing = await failureOf(docker.request({ path: "/containers/nosuch/json" }));
    must(isEngineError(missing, 404), `a missing container ends with ${missing}`);
  },
};
