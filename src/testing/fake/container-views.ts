import type { Container } from "./container.js";
import { nanoTime } from "./log.js";
import type { Networks } from "./networks.js";
import type { PublishedPorts } from "./ports.js";

/** Parts of the rest of the Engine that the views of a container need. */
export interface Surroundings {
  readonly networks: Networks;
  readonly ports: PublishedPorts;
  /** Whether the API still has the fields that 1.52 drops. */
  readonly hasLegacyFields: boolean;
}

const NEVER = "0001-01-01T00:00:00Z";
const timeOrNever = (ms: number): string => (ms === 0 ? NEVER : nanoTime(ms));

/** The inspection of a container. */
export function inspectionOf(container: Container, surroundings: Surroundings) {
  const { id, image, settings } = container;
  const { args } = settings;
  const folder = `/var/lib/docker/containers/${id}`;
  const execs = [...container.execs].filter(([, { process }]) => process !== undefined).map(([exec]) => exec);
  return {
    Id: id,
    Created: nanoTime(container.created),
    Path: args[0],
    Args: args.slice(1),
    State: stateOf(container),
    Image: image.id,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: `${folder}/${id}-json.log`,
    Name: `/${container.name}`,
    RestartCount: container.restarts,
    Driver: "overlayfs",
    Platform: "linux",
    ...{ MountLabel: "", ProcessLabel: "", AppArmorProfile: "" },
    ExecIDs: execs.length > 0 ? execs : null,
    HostConfig: hostConfigOf(container),
    GraphDriver: { Data: null, Name: "overlayfs" },
    Mounts: [],
    Config: configOf(container),
    NetworkSettings: networkSettingsOf(container, surroundings),
  };
}

function stateOf(container: Container) {
  const { state, health, isRunning, exitCode } = container;
  return {
    Status: state,
    Running: isRunning || state === "restarting",
    Restarting: state === "restarting",
    ...{ Paused: false, OOMKilled: false, Dead: false },
    Pid: isRunning ? 1000 : 0,
    ExitCode: exitCode,
    Error: container.error,
    StartedAt: timeOrNever(container.startedAt),
    FinishedAt: timeOrNever(container.finishedAt),
    ...(health ? { Health: healthOf(container) } : {}),
  };
}

function healthOf({ health, startedAt }: Container) {
  const code = health === "healthy" ? 0 : 1;
  const time = nanoTime(startedAt);
  const checks = health === "starting" ? [] : [{ Start: time, End: time, ExitCode: code, Output: "" }];
  return { Status: health, FailingStreak: health === "unhealthy" ? 1 : 0, Log: checks };
}

/** Defaults of every container, unless its client says otherwise. */
const HOST_CONFIG = {
  ...{ Binds: null, ContainerIDFile: "", LogConfig: { Type: "json-file", Config: {} }, PortBindings: null },
  ...{ VolumeDriver: "", VolumesFrom: null, ConsoleSize: [0, 0], CapAdd: null, CapDrop: null },
  ...{
    CgroupnsMode: "private",
    Dns: null,
    DnsOptions: null,
    DnsSearch: null,
    ExtraHosts: null,
    GroupAdd: null,
  },
  ...{ IpcMode: "private", Cgroup: "", Links: null, OomScoreAdj: 0, PidMode: "", Privileged: false },
  ...{ PublishAllPorts: false, ReadonlyRootfs: false, SecurityOpt: null, UTSMode: "", UsernsMode: "" },
  ...{ ShmSize: 67_108_864, Runtime: "runc", Isolation: "", CpuShares: 0, Memory: 0, NanoCpus: 0 },
  ...{ CgroupParent: "", BlkioWeight: 0, BlkioWeightDevice: null, BlkioDeviceReadBps: null },
  ...{ BlkioDeviceWriteBps: null, BlkioDeviceReadIOps: null, BlkioDeviceWriteIOps: null, CpuPeriod: 0 },
  ...{ CpuQuota: 0, CpuRealtimePeriod: 0, CpuRealtimeRuntime: 0, CpusetCpus: "", CpusetMems: "" },
  ...{ Devices: null, DeviceCgroupRules: null, DeviceRequests: null, MemoryReservation: 0, MemorySwap: 0 },
  ...{ MemorySwappiness: null, OomKillDisable: null, PidsLimit: null, Ulimits: null, CpuCount: 0 },
  ...{ CpuPercent: 0, IOMaximumIOps: 0, IOMaximumBandwidth: 0, MaskedPaths: [], ReadonlyPaths: [] },
};

function hostConfigOf({ settings }: Container) {
  const { autoRemove, body, networkMode, restart } = settings;
  return {
    ...HOST_CONFIG,
    ...body.HostConfig,
    NetworkMode: networkMode,
    RestartPolicy: { Name: restart.name || "no", MaximumRetryCount: restart.attempts },
    AutoRemove: autoRemove,
  };
}

function configOf({ id, image, settings }: Container) {
  const { body, env, exposedPorts, labels, openStdin, stdinOnce, tty } = settings;
  const { Entrypoint, StopSignal, StopTimeout } = body;
  const entrypoint = Entrypoint ?? image.config.Entrypoint ?? null;
  const stopSignal = StopSignal ?? image.config.StopSignal;
  return {
    Hostname: body.Hostname || id.slice(0, 12),
    Domainname: "",
    User: body.User ?? image.config.User ?? "",
    AttachStdin: body.AttachStdin ?? false,
    AttachStdout: body.AttachStdout ?? false,
    AttachStderr: body.AttachStderr ?? false,
    ...(exposedPorts.length > 0
      ? { ExposedPorts: Object.fromEntries(exposedPorts.map((port) => [port, {}])) }
      : {}),
    ...{ Tty: tty, OpenStdin: openStdin, StdinOnce: stdinOnce, Env: env },
    Cmd: body.Cmd ?? (Entrypoint ? null : (image.config.Cmd ?? null)),
    ...(body.Healthcheck ? { Healthcheck: body.Healthcheck } : {}),
    Image: settings.image,
    Volumes: null,
    WorkingDir: body.WorkingDir ?? image.config.WorkingDir ?? "",
    Entrypoint: entrypoint,
    OnBuild: null,
    Labels: labels,
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    ...(StopTimeout === undefined ? {} : { StopTimeout }),
  };
}

/** A container's place in a network. */
function endpointsOf(container: Container, { networks }: Surroundings) {
  return Object.fromEntries(
    networks.of(container).map((network) => {
      const { id, address, mac, aliases } = network.endpoints.get(container) as NonNullable<
        ReturnType<typeof network.endpoints.get>
      >;
      const { isRunning } = container;
      const isNamed = network.driver === "bridge" && network.name !== "bridge";
      const endpoint = {
        IPAMConfig: null,
        Links: null,
        Aliases: aliases.length > 0 ? aliases : null,
        MacAddress: isRunning ? mac : "",
        DriverOpts: null,
        GwPriority: 0,
        NetworkID: network.id,
        EndpointID: isRunning ? id : "",
        Gateway: isRunning ? (network.gateway ?? "") : "",
        IPAddress: isRunning ? address : "",
        IPPrefixLen: isRunning ? network.prefixLength : 0,
        ...{ IPv6Gateway: "", GlobalIPv6Address: "", GlobalIPv6PrefixLen: 0 },
        DNSNames: isNamed ? [container.name, ...aliases, container.id.slice(0, 12)] : null,
      };
      return [network.name, endpoint] as const;
    }),
  );
}

function networkSettingsOf(container: Container, surroundings: Surroundings) {
  const { hasLegacyFields, ports } = surroundings;
  const Networks = endpointsOf(container, surroundings);
  const SandboxID = container.isRunning ? container.id : "";
  const SandboxKey = SandboxID && `/var/run/docker/netns/${container.id.slice(0, 12)}`;
  const common = { SandboxID, SandboxKey, Ports: container.isRunning ? ports : {}, Networks };
  if (!hasLegacyFields) return common;
  const {
    EndpointID = "",
    Gateway = "",
    IPAddress = "",
    IPPrefixLen = 0,
    MacAddress = "",
  } = Networks.bridge ?? {};
  return {
    Bridge: "",
    ...{ HairpinMode: false, LinkLocalIPv6Address: "", LinkLocalIPv6PrefixLen: 0 },
    ...{ SecondaryIPAddresses: null, SecondaryIPv6Addresses: null, EndpointID, Gateway },
    ...{ GlobalIPv6Address: "", GlobalIPv6PrefixLen: 0, IPAddress, IPPrefixLen, IPv6Gateway: "", MacAddress },
    ...common,
  };
}

/** A container in a list. */
export function summaryOf(container: Container, surroundings: Surroundings) {
  const { id, image, name, settings, state } = container;
  return {
    Id: id,
    Names: [`/${name}`],
    Image: settings.image,
    ImageID: image.id,
    Command: settings.args.map(quoted).join(" "),
    Created: Math.floor(container.created / 1000),
    Ports: container.isRunning ? portsOf(surroundings.ports) : [],
    Labels: settings.labels,
    State: state,
    Status: statusOf(container),
    HostConfig: { NetworkMode: settings.networkMode },
    NetworkSettings: { Networks: endpointsOf(container, surroundings) },
    Mounts: [],
  };
}

const quoted = (word: string): string => (/[\s"'\\]/.test(word) ? `'${word}'` : word);

const portsOf = (ports: PublishedPorts) =>
  Object.entries(ports).flatMap(([port, bindings]) => {
    const [number, Type = "tcp"] = port.split("/");
    const inside = { PrivatePort: Number(number), Type };
    if (!bindings) return [inside];
    return bindings.map(({ HostIp, HostPort }) => ({ ...inside, IP: HostIp, PublicPort: Number(HostPort) }));
  });

function statusOf({ state, exitCode, finishedAt, health, startedAt }: Container): string {
  const since = (ms: number): string => `${Math.round((Date.now() - ms) / 1000)} seconds`;
  const told = health === "starting" ? " (health: starting)" : health ? ` (${health})` : "";
  if (state === "running") return `Up ${since(startedAt)}${told}`;
  if (state === "created") return "Created";
  return `${state === "restarting" ? "Restarting" : "Exited"} (${exitCode}) ${since(finishedAt)} ago`;
}
