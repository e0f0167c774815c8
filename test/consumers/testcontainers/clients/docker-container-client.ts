import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { ContainerCreateRequest, ContainerInspectResponse, ContainerSummary } from "docker-engine-sdk";
import { execLog, toSeconds } from "../../common";
import type { CopyToContainerOptions } from "../../types";
import type {
  ContainerCommitOptions,
  ContainerStatus,
  ExecOptions,
  ExecResult,
} from "../clients/container/types";
import { type Container, type default as Dockerode, eventLines, type Network } from "./dockerode";

const OUTPUT = { stdout: true, stderr: true };

export class DockerContainerClient {
  constructor(readonly dockerode: Dockerode) {}

  private get docker() {
    return this.dockerode.docker;
  }

  getById(id: string): Container {
    return this.dockerode.getContainer(id);
  }

  async fetchByLabel(
    labelName: string,
    labelValue: string,
    { status }: { status?: ContainerStatus[] } = {},
  ): Promise<Container | undefined> {
    const filters = { label: [`${labelName}=${labelValue}`], ...(status && { status }) };
    const [found] = await this.docker.containerList({ limit: 1, filters });
    return found && this.getById(found.Id);
  }

  async fetchArchive({ id }: Container, path: string): Promise<Readable> {
    return (await this.docker.containerArchive(id, { path })).toNode();
  }

  async putArchive(
    { id }: Container,
    stream: Readable,
    path: string,
    options?: CopyToContainerOptions,
  ): Promise<void> {
    await this.docker.putContainerArchive(id, stream, {
      path,
      noOverwriteDirNonDir: options?.noOverwriteDirNonDir,
      copyUIDGID: options?.copyUIDGID,
    });
  }

  async list(): Promise<ContainerSummary[]> {
    return this.docker.containerList();
  }

  async create({
    name,
    platform,
    ...body
  }: ContainerCreateRequest & { name?: string; platform?: string }): Promise<Container> {
    const { Id } = await this.docker.containerCreate(body, { name, platform });
    return this.getById(Id);
  }

  async start({ id }: Container): Promise<void> {
    await this.docker.containerStart(id);
  }

  async inspect({ id }: Container): Promise<ContainerInspectResponse> {
    return this.docker.containerInspect(id);
  }

  /** A container that is stopped already is not a failure, here or there. */
  async stop({ id }: Container, options?: { timeout: number }): Promise<void> {
    await this.docker.containerStop(id, { t: toSeconds(options?.timeout ?? 0) });
  }

  async attach({ id }: Container): Promise<Readable> {
    const attached = await this.docker.containerAttach(id, { stream: true, ...OUTPUT });
    return attached.toNode().setEncoding("utf8");
  }

  /** Follows the logs, without keeping the process alive. */
  async logs({ id }: Container, options?: { tail?: number; since?: number }): Promise<Readable> {
    const { tail = -1, since = 0 } = options ?? {};
    const logs = await this.docker.containerLogs(id, { follow: true, ...OUTPUT, tail, since });
    return logs.unref().toNode().setEncoding("utf8");
  }

  async exec({ id }: Container, command: string[], options?: Partial<ExecOptions>): Promise<ExecResult> {
    const { env, workingDir, user } = options ?? {};
    const settings = { env, workingDir, user, stdin: false };
    const { combined, exitCode } = await this.docker.spawn(id, command, settings);
    const decoders = { stdout: new StringDecoder(), stderr: new StringDecoder() };
    const result = { output: "", stdout: "", stderr: "" };
    for await (const { stream, data } of combined) {
      const text = decoders[stream].write(data);
      result.output += text;
      result[stream] += text;
      if (options?.log && execLog.enabled()) execLog.trace(text, { containerId: id });
    }
    return { ...result, exitCode: await exitCode };
  }

  async restart({ id }: Container, options?: { timeout: number }): Promise<void> {
    await this.docker.containerRestart(id, { t: toSeconds(options?.timeout ?? 0) });
  }

  async commit({ id }: Container, { changes, ...options }: ContainerCommitOptions): Promise<string> {
    const commit = { ...options, container: id, changes: changes?.split("\n") };
    return (await this.docker.imageCommit(commit)).Id;
  }

  events({ id }: Container, event: string[]): Promise<Readable> {
    return eventLines(this.docker, { filters: { type: ["container"], container: [id], event } });
  }

  async remove({ id }: Container, options?: { removeVolumes: boolean }): Promise<void> {
    await this.docker.containerDelete(id, { v: options?.removeVolumes });
  }

  async connectToNetwork({ id }: Container, network: Network, Aliases: string[]): Promise<void> {
    await this.docker.networkConnect(network.id, { Container: id, EndpointConfig: { Aliases } });
  }
}
