import { isObject } from "../../members.js";
import { Refusal, unknownToFake } from "./refusal.js";

/** An image's settings for its containers. */
export interface ImageConfig {
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly ExposedPorts?: Readonly<Record<string, object>> | null;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
}

/** The body of a request to create a container, as far as the fake Engine reads it. */
export interface CreateBody extends ImageConfig {
  readonly Image?: string;
  readonly Hostname?: string;
  readonly Tty?: boolean;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly StopTimeout?: number;
  readonly Healthcheck?: object;
  readonly HostConfig?: Readonly<Record<string, unknown>> & {
    readonly NetworkMode?: string;
    readonly AutoRemove?: boolean;
    readonly ConsoleSize?: readonly number[];
    readonly PublishAllPorts?: boolean;
    readonly PortBindings?: Readonly<Record<string, readonly PortBinding[] | null>> | null;
    readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
  };
  readonly NetworkingConfig?: {
    readonly EndpointsConfig?: Readonly<
      Record<string, { readonly Aliases?: readonly string[] | null } | null>
    > | null;
  };
}

export interface PortBinding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

/** Settings of a container, including those that its image adds. */
export interface ContainerSettings {
  /** The image, as the client named it. */
  readonly image: string;
  readonly body: CreateBody;
  /** The program and its arguments. */
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly tty: boolean;
  readonly openStdin: boolean;
  readonly stdinOnce: boolean;
  readonly stopSignal: string;
  readonly stopTimeout: number;
  readonly autoRemove: boolean;
  readonly restart: { readonly name: string; readonly attempts: number };
  readonly networkMode: string;
  readonly exposedPorts: readonly string[];
}

const STOP_SECONDS = 10;
/** Environment that every container has, as observed at the Engine. */
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Reads the settings of a container. @throws {Refusal} an Engine would refuse them, or this one cannot honor them */
export function containerSettings(
  body: unknown,
  configOf: (image: string) => ImageConfig,
): ContainerSettings {
  if (!isObject(body)) throw new Refusal(400, "invalid JSON: got EOF while reading request body");
  const create = body as CreateBody;
  const { Image: image = "", HostConfig = {} } = create;
  if (typeof image !== "string" || image === "")
    throw new Refusal(400, "no image specified: missing 'Image'");
  const config = configOf(image);
  const entrypoint = words(create.Entrypoint) ?? config.Entrypoint ?? [];
  // A container's own entrypoint does not get the image's command.
  const cmd = words(create.Cmd) ?? (words(create.Entrypoint) ? [] : config.Cmd) ?? [];
  const args = [...entrypoint, ...cmd];
  if (args.length === 0) throw new Refusal(400, "no command specified");
  if (HostConfig.AutoRemove && !["", "no", undefined].includes(HostConfig.RestartPolicy?.Name)) {
    throw new Refusal(400, "can't create 'AutoRemove' container with restart policy");
  }
  if (HostConfig.NetworkMode?.startsWith("container:")) {
    throw unknownToFake("containerCreate", "The fake Engine does not know the network mode container:ID");
  }
  const { Name = "", MaximumRetryCount = 0 } = HostConfig.RestartPolicy ?? {};
  return {
    image,
    body: create,
    args,
    env: environment([PATH, ...(config.Env ?? []), ...(create.Env ?? [])]),
    labels: { ...config.Labels, ...create.Labels },
    tty: create.Tty ?? false,
    openStdin: create.OpenStdin ?? false,
    stdinOnce: create.StdinOnce ?? false,
    stopSignal: create.StopSignal ?? config.StopSignal ?? "SIGTERM",
    stopTimeout: create.StopTimeout ?? STOP_SECONDS,
    autoRemove: HostConfig.AutoRemove ?? false,
    restart: { name: Name, attempts: MaximumRetryCount },
    networkMode: networkNamed(HostConfig.NetworkMode),
    exposedPorts: Object.keys({ ...config.ExposedPorts, ...create.ExposedPorts, ...HostConfig.PortBindings }),
  };
}

const networkNamed = (mode = ""): string => (mode === "" || mode === "default" ? "bridge" : mode);

/** A command of one word may be text; an empty list means no command. */
function words(command: readonly string[] | string | null | undefined): readonly string[] | undefined {
  const list = typeof command === "string" ? [command] : command;
  return list && list.length > 0 && !(list.length === 1 && list[0] === "") ? list : undefined;
}

/** The last of several values counts; a name without a value removes it. */
function environment(lines: readonly string[]): string[] {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [name = "", value] = line.split(/=(.*)/s, 2);
    if (value === undefined) values.delete(name);
    else values.set(name, line);
  }
  return [...values.values()];
}
