import type { NetworkCreateRequest } from "docker-engine-sdk";
import type { default as Dockerode, Network } from "./dockerode";

export class DockerNetworkClient {
  constructor(protected readonly dockerode: Dockerode) {}

  getById(id: string): Network {
    return this.dockerode.getNetwork(id);
  }

  async create(options: NetworkCreateRequest): Promise<Network> {
    return this.getById((await this.dockerode.docker.networkCreate(options)).Id);
  }

  async remove({ id }: Network): Promise<void> {
    await this.dockerode.docker.networkDelete(id);
  }
}
