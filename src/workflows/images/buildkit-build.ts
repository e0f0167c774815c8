import type { BuildKitContext, BuildKitSettings } from "../../buildkit/index.js";
import { placeOf } from "../archive/build-context.js";
import { textOf } from "../archive/byte-path.js";
import { checkedTar } from "../archive/checked-tar.js";
import { pathMatcher } from "../archive/path-matcher.js";
import type { EngineClient } from "../engine-client.js";
import type { BuildResult } from "./build-options.js";
import type { BuildPlan } from "./build-plan.js";
import type { BuildSource } from "./build-source.js";

/** Builds with BuildKit, whose code is loaded for the first such build. */
export async function buildWithKit(
  docker: EngineClient,
  plan: BuildPlan,
  signal: AbortSignal,
): Promise<BuildResult> {
  const { options, query, logins, output, secrets, ssh, source } = plan;
  const settings: BuildKitSettings = {
    query,
    context: contextOf(source),
    secrets,
    ssh,
    login: (host, whileWanted) => logins.find(host, whileWanted),
    output,
    contextKey: options.contextKey,
    onEvent: (event) => options.onProgress?.(event),
  };
  const { buildWithBuildKit } = await import("../../buildkit/index.js");
  return buildWithBuildKit(docker, settings, signal);
}

function contextOf(source: BuildSource): BuildKitContext {
  switch (source.kind) {
    case "tar":
      return { tar: checkedTar(source.tar), dockerfile: source.dockerfile };
    case "remote":
      return { remote: source.url, dockerfile: source.dockerfile };
    case "folder": {
      const { root, dockerfile } = source.context;
      const file = "text" in dockerfile ? dockerfile : placeOf(dockerfile.path);
      return { folder: textOf(root), dockerfile: file, matcher: pathMatcher };
    }
  }
}
