import { createHash } from "node:crypto";
import type { ConfigInput, ConfigOptions } from "../../../src/config/index.js";

/** A machine as the configuration sees it; nothing of the real one is looked at. */
export interface Given {
  readonly options?: ConfigOptions;
  readonly env?: Record<string, string>;
  /** Contents by path; an Error is what reading the path throws. */
  readonly files?: Record<string, string | Buffer | Error>;
  readonly sockets?: string[];
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
}

export function given({
  options = {},
  env = {},
  files = {},
  sockets = [],
  platform = "linux",
  home = "/home/me",
}: Given): ConfigInput {
  const content = new Map(Object.entries(files));
  return {
    options,
    env,
    platform,
    home,
    readFile(path) {
      const found = content.get(path);
      if (found instanceof Error) throw found;
      return found === undefined ? undefined : Buffer.from(found);
    },
    listFolder(path) {
      const inside = [...content.keys()].filter((file) => file.startsWith(`${path}/`));
      return [...new Set(inside.map((file) => file.slice(path.length + 1).split("/")[0] ?? ""))];
    },
    pathExists: (path) => sockets.includes(path),
  };
}

/** The folder below `contexts/meta` and `contexts/tls` that a context has. */
export const contextId = (name: string): string => createHash("sha256").update(name).digest("hex");

/** A context's files as the CLI lays them out. */
export function context(
  name: string,
  docker: { Host?: unknown; SkipTLSVerify?: boolean },
  tls: Record<string, string> = {},
  folder = "/home/me/.docker",
): Record<string, string> {
  const store = `${folder}/contexts`;
  const meta = { Name: name, Metadata: {}, Endpoints: { docker } };
  return {
    [`${store}/meta/${contextId(name)}/meta.json`]: JSON.stringify(meta),
    ...Object.fromEntries(
      Object.entries(tls).map(([file, content]) => [
        `${store}/tls/${contextId(name)}/docker/${file}`,
        content,
      ]),
    ),
  };
}
