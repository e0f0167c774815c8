/** Compiled, not run: what the types say of null, of sets of values, of filters, of wide integers and of what is always there. */
import type {
  ArchiveStream,
  ContainerInspectResponse,
  ContainerStatsResponse,
  Docker,
  EventMessage,
  HostConfig,
  ImageInspect,
  PathStat,
  ServiceSpec,
  SwarmSpec,
  SystemInfo,
  TarStream,
} from "../../src/index.js";

declare const docker: Docker;

/** Compiles only if both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_ extends true>(): void => undefined;

export function alwaysThere(
  container: ContainerInspectResponse,
  image: ImageInspect,
  info: SystemInfo,
  event: EventMessage,
): void {
  is<Same<ContainerInspectResponse["Id"], string>>();
  is<Same<typeof container.State.Running, boolean>>();
  is<Same<typeof container.State.ExitCode, number>>();
  is<Same<typeof image.Size, number>>();
  is<Same<typeof info.ServerVersion, string>>();
  is<Same<typeof info.NCPU, number>>();
  event.Actor.ID?.length;
  docker.containerList().then((list) => list.map(({ Id, Names }) => Id.length + Names.length));
  // @ts-expect-error only a container with a check has a health
  container.State.Health.Status;
  // @ts-expect-error without the option size it is not measured
  container.SizeRw + 1;
  // @ts-expect-error it is there only if asked for
  image.Manifests.length;
}

export function nulls(container: ContainerInspectResponse, image: ImageInspect, info: SystemInfo): void {
  is<Same<ContainerInspectResponse["ExecIDs"], string[] | null>>();
  is<Same<SystemInfo["Labels"], string[] | null>>();
  is<Same<SystemInfo["Warnings"], string[] | null>>();
  is<Same<HostConfig["Binds"], string[] | null | undefined>>();
  // @ts-expect-error the Engine sends null for none
  container.ExecIDs.length;
  // @ts-expect-error the Engine sends null for none
  container.Config.Env.length;
  // @ts-expect-error the Engine sends null for none
  container.HostConfig.Devices.length;
  // @ts-expect-error the Engine sends null for none
  info.Warnings.length;
  // @ts-expect-error an image may have no config
  image.Config.Labels;
  // @ts-expect-error a list cannot be null where the Engine never sends it
  const names: null = image.RepoTags;
  void names;
}

export function openUnions(container: ContainerInspectResponse): void {
  const { Status } = container.State;
  if (Status === "running") container.State.Pid.toFixed();
  // A newer Engine may know more.
  const status: ContainerInspectResponse["State"]["Status"] = "hibernating";
  const policy: HostConfig["RestartPolicy"] = { Name: "unless-stopped", MaximumRetryCount: 0 };
  docker.containerWait("web", { condition: "not-running" });
  docker.containerWait("web", { condition: "next-year" });
  // @ts-expect-error values are text
  docker.containerWait("web", { condition: 5 });
  // @ts-expect-error values are text
  const wrong: HostConfig["RestartPolicy"] = { Name: 1 };
  void [status, policy, wrong];
}

export function filters(): void {
  docker.containerList({ filters: { status: ["running"], label: ["a=b"], health: ["healthy"] } });
  docker.containerList({ filters: { "a-new-filter": ["x"] } });
  docker.imageList({ filters: { dangling: ["true"], reference: ["alpine:*"] } });
  docker.volumeList({ filters: { driver: ["local"] } });
  docker.networkList({ filters: { scope: ["local"], type: ["custom"] } });
  docker.systemEvents({ filters: { type: ["container"], event: ["start"] } });
  docker.taskList({ filters: { "desired-state": ["running"] } });
  docker.nodeList({ filters: { role: ["manager"] } });
  docker.containerPrune({ filters: { until: ["24h"] } });
  // @ts-expect-error a list, also of one
  docker.containerList({ filters: { status: "running" } });
  // @ts-expect-error a list of text
  docker.containerList({ filters: { exited: [0] } });
  // @ts-expect-error a list of text
  docker.imageList({ filters: { dangling: [true] } });
  // @ts-expect-error no text
  docker.imageList({ filters: "dangling=true" });
  // @ts-expect-error a list, also of one
  docker.systemEvents({ filters: { type: "container" } });
  // @ts-expect-error a list, also of a filter that is not known
  docker.volumeList({ filters: { "a-new-filter": true } });
}

export function wideIntegers(stats: ContainerStatsResponse, event: EventMessage): void {
  is<Same<typeof event.timeNano, number | bigint>>();
  is<Same<typeof stats.cpu_stats.cpu_usage.total_usage, number | bigint>>();
  is<Same<typeof stats.memory_stats.limit, number | bigint | undefined>>();
  is<Same<typeof stats.memory_stats.usage, number | undefined>>();
  Number(stats.cpu_stats.cpu_usage.total_usage) - Number(stats.precpu_stats.cpu_usage.total_usage);
  // @ts-expect-error it may be a bigint, which does not mix with numbers
  stats.cpu_stats.cpu_usage.total_usage - 1;
  // @ts-expect-error it may be a bigint
  const nanos: number = event.timeNano;
  void nanos;
}

export async function pathStat(): Promise<void> {
  const stat: PathStat = await docker.containerArchiveInfo("web", { path: "/etc" });
  const archive: ArchiveStream = await docker.containerArchive("web", { path: "/etc" });
  const tar: TarStream = archive;
  is<Same<typeof archive.stat.size, number>>();
  const exported = await docker.containerExport("web");
  // @ts-expect-error only the archive of a path comes with its stat
  exported.stat;
  // @ts-expect-error the path is required
  docker.containerArchiveInfo("web", {});
  void [stat, tar];
}

export function bodies(): void {
  docker.containerCreate({
    Image: "alpine",
    Env: ["A=1"],
    ExposedPorts: { "80/tcp": {} },
    HostConfig: { PortBindings: { "80/tcp": [{ HostPort: "8080" }] }, RestartPolicy: { Name: "always" } },
    NetworkingConfig: { EndpointsConfig: { net: { Aliases: ["web"] } } },
  });
  docker.networkCreate({ Name: "net", IPAM: { Config: [{ Subnet: "10.1.0.0/16" }] } });
  docker.volumeCreate({ Name: "data", DriverOpts: { type: "tmpfs" } });
  const service: ServiceSpec = {
    Name: "web",
    Mode: { Replicated: { Replicas: 2 } },
    TaskTemplate: { ContainerSpec: { Image: "nginx", Env: ["A=1"] }, RestartPolicy: { Condition: "any" } },
    EndpointSpec: { Ports: [{ TargetPort: 80, PublishedPort: 8080 }] },
  };
  docker.serviceUpdate("web", service, { version: 3, rollback: "previous" });
  const swarm: SwarmSpec = { Name: "default", EncryptionConfig: { AutoLockManagers: true } };
  docker.swarmUpdate(swarm, { version: 1, rotateWorkerToken: true });
  docker.imageBuild({ buildargs: { HTTP_PROXY: null }, t: ["a:1"], labels: { a: "b" } });
  // @ts-expect-error no such field
  docker.containerCreate({ Image: "alpine", Command: ["true"] });
  // @ts-expect-error a list of words
  docker.containerCreate({ Image: "alpine", Cmd: 5 });
  // @ts-expect-error a network has a name
  docker.networkCreate({ Driver: "bridge" });
  // @ts-expect-error the version it was read with is required
  docker.serviceUpdate("web", service);
  // @ts-expect-error a list of names
  docker.imageBuild({ t: "a:1" });
  // @ts-expect-error an object
  docker.imageBuild({ buildargs: "A=1" });
  // @ts-expect-error a login is an object
  docker.imageCreate({ "X-Registry-Auth": "dXNlcg==" });
}
