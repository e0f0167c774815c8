import { type ImageInspect, isEngineError } from "docker-engine-sdk";
import { buildLog, pullLog } from "../../common";
import { getAuthConfig } from "../auth/get-auth-config";
import type { AuthConfig } from "../auth/types";
import type { ImageName } from "../image-name";
import type Dockerode from "./dockerode";

/** What testcontainers builds with, in dockerode's words. */
interface ImageBuildOptions {
  t?: string;
  dockerfile?: string;
  buildargs?: Record<string, string>;
  labels?: Record<string, string>;
  nocache?: boolean;
  platform?: string;
  pull?: string | boolean;
  registryconfig?: Record<string, AuthConfig>;
  target?: string;
  version?: "1" | "2";
}

export class DockerImageClient {
  private readonly existing = new Set<string>();

  constructor(
    protected readonly dockerode: Dockerode,
    protected readonly indexServerAddress: string,
  ) {}

  /** .dockerignore is read, and a failure thrown, by the SDK. */
  async build(context: string, options: ImageBuildOptions): Promise<void> {
    const { t, buildargs, nocache, pull, registryconfig = {}, version, ...others } = options;
    const logins = Object.entries(registryconfig).map(([registry, auth]) => [registry, loginOf(auth)]);
    await this.dockerode.docker.build(context, {
      ...others,
      tags: t,
      buildArgs: buildargs,
      noCache: nocache,
      pull: pull === undefined ? undefined : String(pull) === "true",
      logins: Object.fromEntries(logins),
      builder: version === "2" ? "buildkit" : "classic",
      onProgress: (event) => event.type === "log" && buildLog.enabled() && buildLog.trace(event.text),
    });
  }

  async inspect({ string: name }: ImageName): Promise<ImageInspect> {
    return this.dockerode.docker.imageInspect(name);
  }

  async exists({ string: name }: ImageName): Promise<boolean> {
    if (this.existing.has(name)) return true;
    const result = await this.dockerode.docker.imageInspect(name).result();
    if (result.ok) this.existing.add(name);
    else if (!isEngineError(result.error, 404)) throw result.error;
    return result.ok;
  }

  async pull(name: ImageName, options?: { force: boolean; platform: string | undefined }): Promise<void> {
    if (!options?.force && (await this.exists(name))) return;
    const auth = await getAuthConfig(name.registry ?? this.indexServerAddress);
    await this.dockerode.docker.pull(name.string, {
      platform: options?.platform,
      auth: auth && loginOf(auth),
      onProgress: ({ status }) => status && pullLog.enabled() && pullLog.trace(status),
    });
  }
}

/** A login as the Engine takes it. */
function loginOf(auth: AuthConfig) {
  const { registryAddress: serveraddress } = auth;
  if ("identityToken" in auth) return { serveraddress, identitytoken: auth.identityToken };
  return { serveraddress, username: auth.username, password: auth.password };
}
