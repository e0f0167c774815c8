import { isEngineError, UnsupportedError } from "../../errors.js";
import type { Logins } from "../../logins/index.js";
import type { Bytes } from "../archive/request-source.js";
import type { EngineClient } from "../engine-client.js";
import { withLimits } from "../limits.js";
import type { BuildOptions, BuildResult } from "./build-options.js";
import { type BuildPlan, planBuild } from "./build-plan.js";
import { checkBuildOptions } from "./build-rules.js";
import type { Environment } from "./build-secrets.js";
import { buildWithKit } from "./buildkit-build.js";
import { buildClassically } from "./classic-build.js";

/** Checks the options, and builds with the builder named by them or the Engine. */
export async function buildImage(
  docker: EngineClient,
  logins: Logins,
  env: Environment,
  context: string | Bytes,
  options: BuildOptions | undefined,
): Promise<BuildResult> {
  const checked = checkBuildOptions(options);
  return withLimits("build", checked, async (signal) =>
    carryOut(docker, await planBuild(context, checked, logins, env), signal),
  );
}

async function carryOut(docker: EngineClient, plan: BuildPlan, signal: AbortSignal): Promise<BuildResult> {
  const { builder } = plan.options;
  if ((builder ?? (await usualBuilder(docker, plan, signal))) === "classic") {
    return buildClassically(docker, plan, signal);
  }
  try {
    return await buildWithKit(docker, plan, signal);
  } catch (error) {
    if (!lacksBuildKit(error)) throw error;
    if (builder === undefined && plan.needsBuildKit.length === 0) {
      return buildClassically(docker, plan, signal);
    }
    throw new UnsupportedError(`build: this Engine does not offer BuildKit; ${adviceFor(plan)}`, {
      cause: error,
    });
  }
}

function adviceFor({ needsBuildKit }: BuildPlan): string {
  if (needsBuildKit.length === 0) return 'write builder: "classic"';
  const [needs, them] = needsBuildKit.length === 1 ? ["needs", "it"] : ["need", "them"];
  return `${needsBuildKit.join(" and ")} ${needs} BuildKit; remove ${them}, or use an Engine with BuildKit`;
}

/** The builder that the Engine recommends: the classic one for Windows containers, or if BuildKit is switched off. */
async function usualBuilder(
  docker: EngineClient,
  { needsBuildKit }: BuildPlan,
  signal: AbortSignal,
): Promise<BuildOptions["builder"]> {
  if (needsBuildKit.length > 0) return "buildkit";
  const ping = await docker.systemPingHead({ signal }).result();
  if (!ping.ok && ping.status === undefined) throw ping.error;
  return ping.ok && ping.headers.get("builder-version") === "1" ? "classic" : "buildkit";
}

/** The answer of Podman, and of proxies that block it, to the call that only BuildKit needs. */
const REFUSED: readonly number[] = [403, 404, 405, 501];

const lacksBuildKit = (error: unknown): boolean =>
  isEngineError(error) && error.operation === "Session" && REFUSED.includes(error.status);
