/**
 * What testcontainers does with dockerode outside of the clients rewritten here, on docker-engine-sdk: its start, its tests'
 * helpers and its wait strategies. The run has it resolved as "dockerode".
 */
import { Readable } from "node:stream";
import {
  type ContainerCreateRequest,
  type ContainerInspectResponse,
  Docker,
  type DockerOptions,
  type SystemEventsOptions,
} from "docker-engine-sdk";

interface Options {
  readonly socketPath?: string;
  readonly protocol?: string;
  readonly host?: string;
  readonly port?: string | number;
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export default class Dockerode {
  readonly docker: Docker;

  constructor(options: Options = {}) {
    this.docker = new Docker(translated(options));
  }

  readonly info = () => this.docker.systemInfo();
  readonly listContainers = (options?: Parameters<Docker["containerList"]>[0]) =>
    this.docker.containerList(options);
  readonly listNetworks = () => this.docker.networkList();
  readonly listVolumes = () => this.docker.volumeList();

  getContainer(id: string): Container {
    return new Container(this.docker, id);
  }

  getImage(name: string) {
    return {
      inspect: () => this.docker.imageInspect(name),
      remove: () => this.docker.imageDelete(name),
    };
  }

  getNetwork(id: string): Network {
    return new Network(this.docker, id);
  }

  async createContainer(body: ContainerCreateRequest): Promise<Container> {
    return new Container(this.docker, (await this.docker.containerCreate(body)).Id);
  }

  /** The events as text, a line for each. */
  async getEvents(options?: SystemEventsOptions): Promise<Readable> {
    return eventLines(this.docker, options);
  }
}

export class Container {
  constructor(
    private readonly docker: Docker,
    readonly id: string,
  ) {}

  readonly inspect = (): PromiseLike<ContainerInspectResponse> => this.docker.containerInspect(this.id);
  readonly start = () => this.docker.containerStart(this.id);
  readonly stop = () => this.docker.containerStop(this.id);
  readonly remove = () => this.docker.containerDelete(this.id);
}

export class Network {
  constructor(
    private readonly docker: Docker,
    readonly id: string,
  ) {}

  readonly inspect = () => this.docker.networkInspect(this.id);
}

export async function eventLines(docker: Docker, options?: SystemEventsOptions): Promise<Readable> {
  const events = await docker.systemEvents(options);
  const text = (value: unknown) =>
    JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item));
  const lines = Readable.from(
    (async function* () {
      for await (const event of events) yield `${text(event)}\n`;
    })(),
  );
  lines.once("close", () => events.cancel());
  return lines;
}

function translated({ socketPath, host, port, ca, cert, key, headers }: Options): DockerOptions {
  const tls = ca && cert && key ? { tls: { ca, cert, key } } : {};
  const address = socketPath ? `unix://${socketPath}` : host && `tcp://${host}:${port}`;
  return { ...(address && { host: address }), ...tls, ...(headers && { headers }) };
}
