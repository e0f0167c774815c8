import nock from "nock";
import { Docker, type EventMessage, isDockerError } from "../../src/index.js";
import { mockEngine } from "../../src/testing/index.js";
import { useNock } from "../helpers/use-nock.js";

// Runs once for each API version in generated/: whatever the entry, an Engine may answer as before API 1.52 or as since.
useNock();
const docker = new Docker({ host: "tcp://engine.test:2375" });
const engine = () => nock("http://engine.test:2375");

const lines = (records: readonly object[], mediaType: string): [number, string, Record<string, string>] => [
  200,
  records.map((record) => `${JSON.stringify(record)}\n`).join(""),
  { "Content-Type": mediaType },
];

const started: EventMessage = {
  Type: "container",
  Action: "start",
  Actor: { ID: "c1", Attributes: { image: "alpine", name: "web" } },
  scope: "local",
  time: 1_795_469_423,
  timeNano: 1_795_469_423_000_000_001n,
};
const asText = (event: object): object => ({ ...event, timeNano: 1_795_469_423_000_000_000 });

describe.each([
  {
    form: "before API 1.52",
    legacy: { status: "start", id: "c1", from: "alpine" },
    type: "application/json",
  },
  { form: "since API 1.52", legacy: {}, type: "application/jsonl" },
])("an Engine that answers as $form", ({ legacy, type }) => {
  test("tells of events", async () => {
    engine()
      .get(/\/events$/)
      .query(true)
      .reply(...lines([asText({ ...legacy, ...started })], type));
    for await (const { Action, Actor } of docker.events({ until: "1795469424" })) {
      expect({ Action, name: Actor.Attributes.name }).toEqual({ Action: "start", name: "web" });
      return;
    }
    throw new Error("there was no event");
  });
});

const failed = { errorDetail: { message: "manifest unknown" } };
describe.each([
  { form: "with the old field", record: { ...failed, error: "manifest unknown" } },
  { form: "without it", record: failed },
])("a failure in a stream $form", ({ record }) => {
  const calls: Record<string, { path: RegExp; call: () => Promise<unknown> }> = {
    pull: { path: /\/images\/create$/, call: () => docker.pull("alpine:3.20") },
    push: { path: /\/images\/alpine\/push$/, call: () => docker.push("alpine:3.20") },
    build: {
      path: /\/build$/,
      call: () => docker.build(new Uint8Array(1024), { tags: "app", builder: "classic" }),
    },
  };
  test.each(Object.entries(calls))("fails a %s", async (_, { path, call }) => {
    engine()
      .post(path)
      .query(true)
      .reply(...lines([{ status: "Working" }, record], "application/json"));
    // A body that can be sent only once asks for the version first.
    engine().head("/_ping").optionally().reply(200);
    const error = await call().catch((cause: unknown) => cause);
    expect(isDockerError(error) && error.message).toContain("manifest unknown");
  });
});

const bridge = {
  bridge: { IPAddress: "172.17.0.2", Gateway: "172.17.0.1", MacAddress: "02:42:ac:11:00:02" },
};
const healthy = {
  Id: "c1",
  Config: { Healthcheck: { Test: ["CMD", "true"] } },
  State: { Status: "running", Running: true, Health: { Status: "healthy", FailingStreak: 0, Log: [] } },
};
describe.each([
  {
    form: "with the addresses of the default bridge at its top",
    settings: { Bridge: "", HairpinMode: false, ...bridge.bridge, Ports: {}, Networks: bridge },
    ports: [{ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" }],
  },
  {
    form: "without them",
    settings: { SandboxID: "", SandboxKey: "", Ports: {}, Networks: bridge },
    ports: [{ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" }],
  },
])("a container $form", ({ settings, ports }) => {
  test("is inspected and waited for, with its addresses in Networks", async () => {
    engine()
      .get(/\/containers\/(web|c1)\/json$/)
      .twice()
      .reply(200, { ...healthy, NetworkSettings: settings });
    await docker.waitUntilHealthy("web", { timeout: 5000 });
    const { NetworkSettings } = await docker.containerInspect("web");
    expect(NetworkSettings.Networks?.bridge?.IPAddress).toBe("172.17.0.2");
  });

  test("is listed", async () => {
    engine()
      .get(/\/containers\/json$/)
      .reply(200, [{ Id: "c1", Ports: ports, NetworkSettings: { Networks: bridge } }]);
    const [first] = await docker.containerList();
    expect(first?.Ports).toEqual(ports);
    expect(first?.NetworkSettings?.Networks?.bridge?.IPAddress).toBe("172.17.0.2");
  });
});

test.each([
  {
    form: "before API 1.52",
    body: { LayersSize: 1, Images: [], Containers: [], Volumes: [], BuildCache: [] },
  },
  { form: "since API 1.52", body: { ImageUsage: { TotalCount: 1, TotalSize: 1 }, ContainerUsage: {} } },
])("the mock kit answers with the disk usage as $form", async ({ body }) => {
  const mock = mockEngine();
  await using client = new Docker(mock.options);
  mock.on("systemDataUsage").reply(200, body as never);
  expect(await client.systemDataUsage()).toEqual(body);
  mock.close();
});
