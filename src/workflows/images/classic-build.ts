import type { ImageBuildOptions } from "#generated/options.js";
import type { ProgressMessage } from "#generated/schema.js";
import type { BuildKitQuery } from "../../buildkit/index.js";
import { StreamError } from "../../errors.js";
import { dockerfileText, type FolderContext, packContext } from "../archive/build-context.js";
import { type Bytes, sending } from "../archive/request-source.js";
import type { EngineClient } from "../engine-client.js";
import { progressOf } from "../inspections.js";
import { UNLIMITED } from "../limits.js";
import type { BuildOptions, BuildResult } from "./build-options.js";
import type { BuildPlan } from "./build-plan.js";
import { ClassicSteps } from "./classic-steps.js";
import { imagesOf } from "./dockerfile-images.js";

/** Builds with the classic builder. */
export async function buildClassically(
  docker: EngineClient,
  { logins, options, query, source }: BuildPlan,
  signal: AbortSignal,
): Promise<BuildResult> {
  const images = source.kind === "folder" ? await imagesIn(source.context, query) : undefined;
  const settings: ImageBuildOptions = {
    ...query,
    ...classicQuery(options),
    "X-Registry-Config": await logins.forImages(images, signal),
  };
  const send = (own: ImageBuildOptions): Promise<BuildResult> =>
    follow(docker, { ...settings, ...own }, options, signal);
  if (source.kind === "remote") return send({ remote: source.url, dockerfile: source.dockerfile });
  if (source.kind === "tar") return send({ body: source.tar, dockerfile: source.dockerfile });
  const { tar, dockerfile } = await packContext(source.context);
  return sending(tar, (body: Bytes) => send({ body, dockerfile }));
}

const imagesIn = async (context: FolderContext, { buildargs }: BuildKitQuery): Promise<string[]> =>
  imagesOf(await dockerfileText(context.dockerfile), (buildargs ?? {}) as Record<string, string>);

const classicQuery = (options: BuildOptions): ImageBuildOptions => ({
  memory: options.memory,
  memswap: options.memorySwap,
  cpushares: options.cpuShares,
  cpuperiod: options.cpuPeriod,
  cpuquota: options.cpuQuota,
  cpusetcpus: options.cpusetCpus,
  cpusetmems: options.cpusetMems,
  cgroupparent: options.cgroupParent,
  isolation: options.isolation,
  securityopt: options.securityOpt && [...options.securityOpt],
  squash: options.squash,
  rm: options.rm,
  forcerm: options.forceRm ?? options.rm ?? true,
});

async function follow(
  docker: EngineClient,
  query: ImageBuildOptions,
  { onProgress }: BuildOptions,
  signal: AbortSignal,
): Promise<BuildResult> {
  const steps = new ClassicSteps((event) => onProgress?.(event));
  const progress = await docker.imageBuild(query, { signal, timeout: UNLIMITED });
  let id: string | undefined;
  try {
    for await (const record of progress) {
      id = imageId(progressOf(record, "ImageBuild")) ?? id;
      steps.add(record);
    }
  } catch (error) {
    throw isReported(error) ? steps.fail(error) : error;
  }
  steps.end();
  if (id === undefined) throw new StreamError("build: the build ended, but the Engine reported no image ID");
  return { id, warnings: steps.warnings };
}

/** Whether the Engine reported a failure, rather than broke off. */
const isReported = (error: unknown): error is StreamError => {
  const { errorDetail, error: text } = ((error as StreamError).cause ?? {}) as Partial<ProgressMessage>;
  return error instanceof StreamError && (errorDetail !== undefined || typeof text === "string");
};

const imageId = ({ aux }: ProgressMessage): string | undefined =>
  (aux as { ID?: string } | null | undefined)?.ID;
