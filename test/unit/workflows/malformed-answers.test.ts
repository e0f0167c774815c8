import { Docker, isDockerError, until, usageOf } from "../../../src/index.js";
import { mockEngine } from "../../../src/testing/index.js";

/** Answers of an Engine, by method. A list is the records of a stream. */
type Answers = Readonly<Record<string, { readonly status?: number; readonly body?: unknown }>>;

interface Scenario {
  readonly answers: Answers;
  readonly work: (docker: Docker) => Promise<unknown>;
  /** Whether what comes of it has the promised form. */
  readonly holds: (result: unknown) => boolean;
}

const timeout = 100;
const attached = { status: 101, body: [{ stream: "stdout", data: "hi\n" }] };
const running = {
  Id: "c1",
  Name: "/web",
  Config: { Healthcheck: { Test: ["CMD", "true"] } },
  HostConfig: { NetworkMode: "default", AutoRemove: false },
  State: {
    Status: "running",
    Running: true,
    ExitCode: 0,
    StartedAt: "2026-01-01T00:00:00Z",
    FinishedAt: "0001-01-01T00:00:00Z",
    Health: { Status: "healthy", Log: [{ ExitCode: 0, Output: "ok" }] },
  },
  NetworkSettings: {
    Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }] },
    Networks: { bridge: { NetworkID: "n1", IPAddress: "172.17.0.2" } },
  },
};
const exited = {
  ...running,
  State: {
    ...running.State,
    Status: "exited",
    Running: false,
    ExitCode: 3,
    Health: { Status: "unhealthy", Log: [{ ExitCode: 1, Output: "bad" }] },
  },
};
const event = {
  Type: "container",
  Action: "start",
  Actor: { ID: "c1", Attributes: { name: "web" } },
  time: 1,
  timeNano: 1,
};
const inspects = (inspected: unknown): Answers => ({ containerInspect: { body: inspected } });
const watched = (inspected: unknown): Answers => ({
  ...inspects(inspected),
  systemEvents: { body: [event] },
  containerLogs: { body: [{ stream: "stdout", data: "ready\n" }] },
});
const execs: Answers = {
  containerExec: { status: 201, body: { Id: "e1" } },
  execStart: attached,
  execInspect: { body: { ID: "e1", Running: false, ExitCode: 0 } },
};
const runs: Answers = {
  containerCreate: { status: 201, body: { Id: "c1", Warnings: [] } },
  containerInspect: { body: { ...exited, State: { ...exited.State, ExitCode: 0 } } },
  containerAttach: attached,
  containerStart: { status: 204 },
  containerWait: { body: { StatusCode: 0 } },
  containerDelete: { status: 204 },
  imageInspect: { body: { Id: "sha256:1" } },
};
const isCode = (value: unknown): boolean => Number.isInteger(value);
const codeOf = (result: unknown): unknown => (result as { exitCode: unknown }).exitCode;
const isNothing = (result: unknown): boolean => result === undefined;

const scenarios: Readonly<Record<string, Scenario>> = {
  run: {
    answers: runs,
    work: (docker) => docker.run("a:1", ["x"], { timeout, pull: "never" }),
    holds: (result) => isCode(codeOf(result)),
  },
  exec: {
    answers: execs,
    work: (docker) => docker.exec("web", ["x"], { timeout }),
    holds: (result) => isCode(codeOf(result)),
  },
  spawn: {
    answers: execs,
    work: async (docker) => (await docker.spawn("web", ["x"], { timeout })).exitCode,
    holds: isCode,
  },
  launch: {
    answers: runs,
    work: async (docker) => {
      const { exitCode, name } = await docker.launch("a:1", ["x"], { timeout, pull: "never" });
      return { exitCode: await exitCode, name };
    },
    holds: (result) => isCode(codeOf(result)) && typeof (result as { name: unknown }).name === "string",
  },
  waitUntilHealthy: {
    answers: watched(running),
    work: (docker) => docker.waitUntilHealthy("web", { timeout }),
    holds: isNothing,
  },
  "waitUntilHealthy of one that has ended": {
    answers: watched(exited),
    work: (docker) => docker.waitUntilHealthy("web", { timeout }),
    holds: isNothing,
  },
  "waitFor a line": {
    answers: watched(running),
    work: (docker) => docker.waitFor("web", until.log("ready"), { timeout }),
    holds: isNothing,
  },
  "waitFor an exit": {
    answers: watched(exited),
    work: (docker) => docker.waitFor("web", until.exited(3), { timeout }),
    holds: isNothing,
  },
  "waitFor a command": {
    answers: { ...watched(running), ...execs },
    work: (docker) => docker.waitFor("web", until.exec(["x"]), { timeout }),
    holds: isNothing,
  },
  "waitFor a port": {
    answers: { ...watched(running), ...execs },
    work: (docker) => docker.waitFor("web", until.port(80, { inside: true }), { timeout }),
    holds: isNothing,
  },
  portOf: {
    answers: inspects(running),
    work: (docker) => docker.portOf("web", 80, { timeout }),
    holds: isCode,
  },
  addressOf: {
    answers: inspects(running),
    work: (docker) => docker.addressOf("web", undefined, { timeout }),
    holds: (result) => typeof result === "string",
  },
  "addressOf a container in another's network": {
    answers: inspects({ ...running, HostConfig: { NetworkMode: "container:c1" } }),
    work: (docker) => docker.addressOf("web", undefined, { timeout }),
    holds: (result) => typeof result === "string",
  },
  platforms: {
    answers: {
      imageInspect: {
        body: {
          Id: "sha256:1",
          Os: "linux",
          Architecture: "amd64",
          Size: 1,
          Manifests: [
            {
              ID: "sha256:2",
              Kind: "image",
              Available: true,
              Descriptor: { platform: { os: "linux", architecture: "amd64" } },
              ImageData: { Platform: { os: "linux", architecture: "amd64" } },
              Size: { Content: 1 },
            },
          ],
        },
      },
    },
    work: (docker) => docker.platforms("a", { timeout }),
    holds: (result) =>
      (result as unknown[]).every((one) => typeof (one as { name: unknown }).name === "string"),
  },
  load: {
    answers: {
      imageLoad: { body: [{ stream: "Loaded image: a:1\n" }] },
      imageInspect: { body: { Id: "sha256:1" } },
    },
    work: (docker) => docker.load(Buffer.of(1), { timeout }),
    holds: (result) => (result as unknown[]).every((one) => typeof (one as { id: unknown }).id === "string"),
  },
  pull: {
    answers: {
      imageCreate: {
        body: [
          { id: "3.20", status: "Pulling from a" },
          { status: "Digest: sha256:1", progressDetail: { current: 1, total: 2 } },
        ],
      },
      systemVersion: { body: { Components: [{ Name: "Engine" }] } },
    },
    work: (docker) =>
      docker.pull("a", { timeout, auth: false, allTags: true, onProgress: () => undefined } as never),
    holds: Array.isArray,
  },
  push: {
    answers: {
      imagePush: {
        body: [{ status: "1: digest: sha256:1 size: 1" }, { aux: { Tag: "1", Digest: "sha256:1", Size: 1 } }],
      },
    },
    work: (docker) => docker.push("a:1", { timeout, auth: false, onProgress: () => undefined } as never),
    holds: (result) => typeof result === "object",
  },
  build: {
    answers: {
      imageBuild: { body: [{ stream: "Step 1/1\n" }, { aux: { ID: "sha256:1" } }] },
      systemPing: { body: "OK" },
    },
    work: (docker) =>
      docker.build([{ path: "Dockerfile", content: "FROM a" }], { timeout, builder: "classic" }),
    holds: (result) => typeof (result as { id: unknown }).id === "string",
  },
  "build that fails": {
    answers: { imageBuild: { body: [{ errorDetail: { message: "no", code: 1 }, error: "no" }] } },
    work: (docker) =>
      docker.build([{ path: "Dockerfile", content: "FROM a" }], { timeout, builder: "classic" }),
    holds: () => false,
  },
  events: {
    answers: { systemEvents: { body: [event] } },
    work: async (docker) => {
      const seen: unknown[] = [];
      for await (const one of docker.events({ signal: AbortSignal.timeout(timeout) })) seen.push(one);
      return seen;
    },
    holds: Array.isArray,
  },
};

/** The value as it is, and with each part of it missing or of another type. */
function* malformed(value: unknown): Generator<[what: string, value: unknown]> {
  for (const one of [null, {}, "x", 5]) {
    if (typeof one === "object" || typeof one !== typeof value) yield [`= ${JSON.stringify(one)}`, one];
  }
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const { [key]: part, ...rest } = value as Record<string, unknown>;
    const withPart = (one: unknown): unknown =>
      Array.isArray(value)
        ? value.map((item, index) => (String(index) === key ? one : item))
        : { ...value, [key]: one };
    if (!Array.isArray(value)) yield [`without ${key}`, rest];
    for (const [what, one] of malformed(part)) yield [`${key} ${what}`, withPart(one)];
  }
}

const answered = (answers: Answers): Docker => {
  const engine = mockEngine();
  for (const [method, { status = 200, body }] of Object.entries(answers))
    engine
      .on(method as "containerInspect")
      .reply(status as 200, (body === undefined ? undefined : () => body) as never, {
        times: Number.POSITIVE_INFINITY,
      });
  return new Docker(engine.options);
};

interface Outcome {
  readonly result?: unknown;
  readonly error?: Error;
}

async function outcomeOf({ answers, work }: Scenario): Promise<Outcome> {
  const docker = answered(answers);
  try {
    return { result: await work(docker) };
  } catch (error) {
    return { error: error as Error };
  } finally {
    await docker.close();
  }
}

describe.each(Object.entries(scenarios))("%s", (_, scenario) => {
  const methods = Object.keys(scenario.answers).filter(
    (method) => typeof scenario.answers[method]?.body === "object",
  );
  test.each(methods)("whatever %s lacks, the error is ours", async (method) => {
    const { body } = scenario.answers[method] ?? {};
    const isStream = Array.isArray(body);
    const variants = [...malformed(body)].filter(([, value]) => !isStream || Array.isArray(value));
    const wrong = await Promise.all(
      variants.map(async ([what, value]) => {
        const answers = { ...scenario.answers, [method]: { ...scenario.answers[method], body: value } };
        const { error, result } = await outcomeOf({ ...scenario, answers });
        if (error)
          return isDockerError(error)
            ? []
            : [`${what}: ${error.name} ${error.message} ${error.stack?.split("\n")[1]}`];
        return scenario.holds(result) ? [] : [`${what}: gives ${JSON.stringify(result)}`];
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });
});

test.each<[what: string, scenario: string, method: string, body: unknown, says: string]>([
  [
    "no State",
    "waitUntilHealthy",
    "containerInspect",
    { Id: "c1" },
    "ContainerInspect: the answer has no State;",
  ],
  ["no state at all", "waitFor a line", "containerInspect", { Id: "c1", State: {} }, "has no State.Status;"],
  [
    "no exit code",
    "waitFor an exit",
    "containerInspect",
    { Id: "c1", State: { Status: "exited" } },
    "ContainerInspect: the answer has no State.ExitCode; check that a Docker Engine listens there",
  ],
  [
    "no networks",
    "addressOf",
    "containerInspect",
    { Id: "c1" },
    "ContainerInspect: the answer has no NetworkSettings;",
  ],
  ["no state of one without ports", "portOf", "containerInspect", { Id: "c1" }, "has no State.Status;"],
  [
    "a port's list that is text",
    "portOf",
    "containerInspect",
    { NetworkSettings: { Ports: { "80/tcp": "8080" } } },
    'ContainerInspect: the answer has "8080" for NetworkSettings.Ports.80/tcp, where a list belongs;',
  ],
  [
    "a check that is null",
    "waitUntilHealthy",
    "containerInspect",
    { Id: "c1", State: { Running: true, Health: { Log: [null] } } },
    "ContainerInspect: the answer has null for State.Health.Log[0], where an object belongs;",
  ],
  ["no exec", "exec", "execInspect", null, "ExecInspect: the answer is null, not an object;"],
  ["no platform", "platforms", "imageInspect", {}, "ImageInspect: the answer has no Os;"],
  ["no ID", "load", "imageInspect", {}, "ImageInspect: the answer names no ID;"],
  [
    "a list for the version",
    "pull",
    "systemVersion",
    [],
    "SystemVersion: the answer is an array, not an object;",
  ],
  [
    "a number for text",
    "pull",
    "imageCreate",
    [{ status: 5 }],
    "ImageCreate: the answer has 5 for status, where a string",
  ],
])("an answer with %s: %s says so", async (_, name, method, body, says) => {
  const scenario = scenarios[name] as Scenario;
  const answers = { ...scenario.answers, [method]: { body } };
  const { error } = await outcomeOf({ ...scenario, answers });
  expect(error?.message).toContain(says);
  expect(error).toMatchObject({ code: "ERR_DOCKER_STREAM" });
});

test("usageOf counts what a sample lacks as 0, or says what is wrong with it", () => {
  const cpu = { cpu_usage: { total_usage: 2, percpu_usage: [1, 1] }, system_cpu_usage: 4, online_cpus: 2 };
  const sample = {
    read: "2026-01-01T00:00:01Z",
    preread: "2026-01-01T00:00:00Z",
    os_type: "linux",
    num_procs: 0,
    cpu_stats: cpu,
    precpu_stats: { ...cpu, cpu_usage: { total_usage: 1 } },
    memory_stats: { usage: 10, limit: 100, stats: { inactive_file: 1 } },
    networks: { eth0: { rx_bytes: 1, tx_bytes: 1 } },
    blkio_stats: { io_service_bytes_recursive: [{ op: "read", value: 1 }] },
    pids_stats: { current: 1 },
  };
  const wrong: string[] = [];
  for (const one of [sample, { ...sample, os_type: "windows", num_procs: 2 }]) {
    for (const [what, value] of malformed(one)) {
      try {
        const { blockIO, cpuPercent, memory, network, pids } = usageOf(value as never);
        const figures = [
          cpuPercent,
          pids,
          ...[memory, network, blockIO].flatMap((group) => Object.values(group)),
        ];
        if (!figures.every(Number.isFinite)) wrong.push(`${what}: gives ${figures}`);
      } catch (error) {
        if (!isDockerError(error)) wrong.push(`${what}: ${error}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
