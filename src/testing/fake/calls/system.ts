import type { OperationId } from "#generated/operations.js";
import type { FakeEvent } from "../events.js";
import type { FakeOperation } from "./call.js";

/** Has `docker.build` use the classic builder: the fake Engine has no session, which BuildKit needs. */
const PING_HEADERS = { "Builder-Version": "1", Swarm: "inactive" };
const VERSION = "fake";

/** Operations on the Engine itself. */
export const systemOperations = {
  SystemPing: { answer: () => ({ status: 200, body: "OK", headers: PING_HEADERS }) },
  SystemPingHead: { answer: () => ({ status: 200, headers: PING_HEADERS }) },
  SystemVersion: {
    answer: (_, { api: { apiVersion } }) => {
      const Details = { ApiVersion: apiVersion, Arch: "amd64", Os: "linux", MinAPIVersion: "1.24" };
      const body = {
        Platform: { Name: "" },
        Components: [{ Name: "Engine", Version: VERSION, Details }],
        Version: VERSION,
        ApiVersion: apiVersion,
        ...{ MinAPIVersion: "1.24", GitCommit: "", GoVersion: "", Os: "linux", Arch: "amd64" },
        ...{ KernelVersion: "", BuildTime: "1970-01-01T00:00:00.000000000+00:00" },
      };
      return { status: 200, body };
    },
  },
  SystemInfo: {
    answer: (_, { containers, id, images }) => {
      const all = [...containers];
      const running = all.filter(({ isRunning }) => isRunning).length;
      const body = {
        ID: id,
        Containers: all.length,
        ContainersRunning: running,
        ContainersPaused: 0,
        ContainersStopped: all.length - running,
        Images: images.all.length,
        ...{ Driver: "overlayfs", DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] },
        ...{ Name: "fake", OSType: "linux", OperatingSystem: "Fake Engine", Architecture: "x86_64" },
        ...{ NCPU: 2, MemTotal: 4_294_967_296, ServerVersion: VERSION, DefaultRuntime: "runc" },
        ...{ CgroupDriver: "cgroupfs", CgroupVersion: "2", LoggingDriver: "json-file", Labels: [] },
        ...{ SystemTime: new Date().toISOString(), IndexServerAddress: "https://index.docker.io/v1/" },
        Swarm: {
          LocalNodeState: "inactive",
          ControlAvailable: false,
          NodeID: "",
          NodeAddr: "",
          Error: "",
          RemoteManagers: null,
        },
        Warnings: null,
      };
      return { status: 200, body };
    },
  },
  SystemEvents: {
    options: ["since", "until", "filters"],
    answer: ({ query, ended }, { events, hasLegacyFields }) => {
      const [since, until] = [query.time("since"), query.time("until")];
      const read = events.read({ since, until, filters: query.filters() }, ended);
      return { status: 200, body: hasLegacyFields ? legacy(read) : read };
    },
  },
} satisfies Partial<Record<OperationId, FakeOperation>>;

/** Events as before API 1.52, with some fields twice. */
async function* legacy(events: AsyncIterable<FakeEvent>): AsyncGenerator<object> {
  for await (const event of events) {
    const { Type, Action, Actor } = event;
    const { image } = Actor.Attributes;
    const isOld = Type === "container" || Type === "image";
    const short = isOld
      ? { status: Action, id: Actor.ID, ...(Type === "container" ? { from: image } : {}) }
      : {};
    yield { ...short, ...event };
  }
}
