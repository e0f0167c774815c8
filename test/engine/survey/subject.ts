import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker, type Docker as DockerClient } from "../../../src/index.js";

type ContainerBody = Parameters<DockerClient["containerCreate"]>[0];

/** An Engine that the survey tries, and what a trial may use of it. */
export class Subject {
  readonly docker: Docker;
  readonly host: string;
  /** On everything that trials make. */
  readonly label = `docker-engine-sdk.survey=${randomUUID()}`;
  readonly #tasks: (() => Promise<unknown>)[] = [];
  #folder: Promise<string> | undefined;

  constructor(host: string) {
    this.host = host;
    this.docker = new Docker({ host, timeout: 60_000 });
  }

  get labels(): Record<string, string> {
    const [name = "", value = ""] = this.label.split("=");
    return { [name]: value };
  }

  /** A name that nothing else has. */
  name(what: string): string {
    return `sdk-survey-${what}-${randomUUID().slice(0, 8)}`;
  }

  /** An image name, whose image is deleted at the end. */
  imageName(what: string): string {
    const name = `${this.name(what)}:1`;
    this.atEnd(() => this.docker.imageDelete(name, { force: true }));
    return name;
  }

  /** Creates a container without network; it is deleted at the end. */
  async container(Cmd: string[], body: Partial<ContainerBody> = {}): Promise<string> {
    const HostConfig = { NetworkMode: "none", ...body.HostConfig };
    const settings = { Image: "busybox:local", ...body, Labels: this.labels, Cmd, HostConfig };
    const { Id } = await this.docker.containerCreate(settings);
    this.atEnd(() => this.docker.containerDelete(Id, { force: true, v: true }));
    return Id;
  }

  /** A container that runs; by default it sleeps. */
  async running(Cmd: string[] = ["sleep", "600"], body: Partial<ContainerBody> = {}): Promise<string> {
    const id = await this.container(Cmd, body);
    await this.docker.containerStart(id);
    return id;
  }

  /** A container that has exited with 0. */
  async exited(Cmd: string[] = ["true"], body: Partial<ContainerBody> = {}): Promise<string> {
    const id = await this.running(Cmd, body);
    await this.docker.containerWait(id, { condition: "not-running" });
    return id;
  }

  /** A path in a folder that is removed at the end. */
  async path(name: string): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), "sdk-survey-"));
    return join(await this.#folder, name);
  }

  /** Has something undone at the end; it may be gone by then. */
  atEnd(task: () => Promise<unknown>): void {
    this.#tasks.push(task);
  }

  async close(): Promise<void> {
    for (const task of this.#tasks.reverse()) await task().catch(() => undefined);
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
    await this.docker.close();
  }
}

/** How an Engine's answer differs from that of Engine 28.5, if it does. */
export type Differences = readonly (string | false | null | undefined)[];

/** Tries an operation or a workflow. It returns what differs; what it throws is a failure. */
export type Trial = (subject: Subject) => Promise<Differences> | Promise<void>;

/** Trials by the name of the operation or workflow. */
export type Trials = Readonly<Record<string, Trial>>;

/** Fails unless something holds that every Engine has to do. */
export function must(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
