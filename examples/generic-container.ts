// A GenericContainer like that of Testcontainers: it starts an image, waits until it is ready, and is gone with this program,
// even if that is killed.
import {
  type Condition,
  Docker,
  type ExecResult,
  isEngineError,
  type LogStream,
  until,
} from "docker-engine-sdk";

const LEASH_IMAGE = "busybox:1.37";
const LABEL = "com.example.generic-container";
const docker = new Docker();
let leash: Promise<string> | undefined;

/**
 * Starts the container that ties the others to this program: a `cat` that reads from a connection of ours. Whatever ends this
 * program closes the connection, which ends `cat`. The other containers share its process namespace; the kernel kills all
 * processes of a namespace along with its first one, and AutoRemove deletes their containers.
 */
async function startLeash(): Promise<string> {
  const id = await create({
    Image: LEASH_IMAGE,
    Cmd: ["cat"],
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: { AutoRemove: true, NetworkMode: "none" },
  });
  const attached = await docker.containerAttach(id, { stream: true, stdin: true });
  attached.unref(); // this program may end while its containers run
  await docker.containerStart(id);
  // What a program created and, being killed just then, did not start.
  await docker.containerPrune({ filters: { label: [LABEL], until: ["10m"] } });
  return id;
}

/** Creates a container, and pulls its image if the Engine does not have it. */
async function create(
  settings: Parameters<Docker["containerCreate"]>[0] & { Image: string },
): Promise<string> {
  const body = { ...settings, Labels: { [LABEL]: "" } };
  const created = await docker.containerCreate(body).result();
  if (created.ok) return created.data.Id;
  if (!isEngineError(created.error, 404)) throw created.error;
  await docker.pull(body.Image);
  return (await docker.containerCreate(body)).Id;
}

/** Kills and deletes a container. If it has exited, the Engine deletes it meanwhile: 404 or 409. */
async function remove(id: string): Promise<void> {
  const removed = await docker.containerDelete(id, { force: true, v: true }).result();
  if (!removed.ok && ![404, 409].some((status) => isEngineError(removed.error, status))) throw removed.error;
}

export class GenericContainer {
  private readonly ports: number[] = [];
  private readonly environment: Record<string, string> = {};
  private command?: string[];
  private condition?: Condition;

  constructor(private readonly image: string) {}

  withCommand(command: string[]): this {
    this.command = command;
    return this;
  }

  withEnvironment(environment: Record<string, string>): this {
    Object.assign(this.environment, environment);
    return this;
  }

  withExposedPorts(...ports: number[]): this {
    this.ports.push(...ports);
    return this;
  }

  /** What to wait for; until all exposed ports can be reached by default. */
  withWaitStrategy(condition: Condition): this {
    this.condition = condition;
    return this;
  }

  /** Resolves when the container is ready, within so many milliseconds. */
  async start(timeout = 60_000): Promise<StartedContainer> {
    leash ??= startLeash().catch((error) => {
      leash = undefined;
      throw error;
    });
    const names = this.ports.map((port) => `${port}/tcp`);
    const id = await create({
      Image: this.image,
      Cmd: this.command,
      Env: Object.entries(this.environment).map(([name, value]) => `${name}=${value}`),
      ExposedPorts: Object.fromEntries(names.map((name) => [name, {}])),
      HostConfig: {
        AutoRemove: true,
        PidMode: `container:${await leash}`,
        PortBindings: Object.fromEntries(names.map((name) => [name, [{}]])),
      },
    });
    try {
      await docker.containerStart(id);
      const conditions = this.condition ? [this.condition] : this.ports.map((port) => until.port(port));
      if (conditions.length > 0) await docker.waitFor(id, until.all(...conditions), { timeout });
      const mapped = new Map<number, number>();
      for (const port of this.ports) mapped.set(port, await docker.portOf(id, port));
      return new StartedContainer(id, await docker.hostOf(), mapped);
    } catch (error) {
      await remove(id);
      throw error;
    }
  }
}

export class StartedContainer implements AsyncDisposable {
  constructor(
    readonly id: string,
    private readonly host: string,
    private readonly ports: ReadonlyMap<number, number>,
  ) {}

  getHost(): string {
    return this.host;
  }

  /** The port of the host that leads to a port of the container. */
  getMappedPort(port: number): number {
    const mapped = this.ports.get(port);
    if (mapped === undefined) throw new Error(`Port ${port} is not exposed; call withExposedPorts(${port})`);
    return mapped;
  }

  exec(command: string[]): Promise<ExecResult> {
    return docker.exec(this.id, command);
  }

  /** All output so far, and what follows until the container stops. */
  async logs(): Promise<LogStream> {
    return docker.containerLogs(this.id, { stdout: true, stderr: true, follow: true });
  }

  stop(): Promise<void> {
    return remove(this.id);
  }

  readonly [Symbol.asyncDispose] = (): Promise<void> => this.stop();
}
