import { ConfigError } from "../errors.js";
import { isObject } from "../members.js";
import { quote } from "../quote.js";
import { configFolder } from "./config-file.js";
import type { TlsMaterial } from "./endpoint.js";
import { type ConfigInput, joinPath, listFolder, readJson } from "./machine.js";
import { readTlsFolder } from "./tls.js";
import { tlsMaterial } from "./tls-material.js";

/** The context without files: DOCKER_HOST or the default socket. */
export const DEFAULT_CONTEXT = "default";

/** An Engine's address as `docker context create` stored it. */
export interface Context {
  readonly host: string;
  /** The file that contains the host. */
  readonly file: string;
  /** The context and what selected it; named in errors. */
  readonly source: string;
  /** TLS of the context, if any. */
  readonly tls: () => TlsMaterial | undefined;
}

/**
 * Reads a context from the CLI's store: `<folder>/contexts/meta/<id>/meta.json` and, next to it,
 * `<folder>/contexts/tls/<id>/docker/*.pem`, where the id is the SHA-256 of the name.
 *
 * @param chosenBy the setting that selected the context, such as DOCKER_CONTEXT
 */
export function readContext(input: ConfigInput, name: string, chosenBy: string): Context {
  const source = `the context ${quote(name)} (${chosenBy})`;
  const id = process.getBuiltinModule("node:crypto").createHash("sha256").update(name).digest("hex");
  const file = metaFile(input, id);
  const meta = readJson(input, file);
  if (meta === undefined) throw unknownContext(input, name, chosenBy);
  const { Host: host, SkipTLSVerify: skip } = dockerEndpoint(meta);
  if (typeof host !== "string" || host === "") {
    throw new ConfigError(`${file} has no Endpoints.docker.Host: ${source} is not for a Docker Engine.`);
  }
  const tls = () => {
    const files = readTlsFolder(input, joinPath(input, configFolder(input), "contexts", "tls", id, "docker"));
    // As in the CLI, skipping verification implies TLS.
    if (!files.ca && !files.cert && !files.key && skip !== true) return undefined;
    return tlsMaterial({ ...files, verify: skip !== true, source });
  };
  return { host, file, source, tls };
}

function metaFile(input: ConfigInput, id: string): string {
  return joinPath(input, configFolder(input), "contexts", "meta", id, "meta.json");
}

function dockerEndpoint({
  Endpoints: endpoints,
}: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const docker = isObject(endpoints) ? endpoints.docker : undefined;
  return isObject(docker) ? docker : {};
}

function unknownContext(input: ConfigInput, name: string, chosenBy: string): ConfigError {
  const known = [DEFAULT_CONTEXT, ...storedNames(input).sort()].map((context) => quote(context)).join(", ");
  return new ConfigError(
    `There is no context ${quote(name)}, which ${chosenBy} names. Known contexts in ${configFolder(input)}: ${known}.`,
  );
}

/** Skips unreadable contexts: this is for a message about another one. */
function storedNames(input: ConfigInput): string[] {
  try {
    const ids = listFolder(input, joinPath(input, configFolder(input), "contexts", "meta"));
    return ids.flatMap((id) => nameOf(input, id) ?? []);
  } catch {
    return [];
  }
}

function nameOf(input: ConfigInput, id: string): string | undefined {
  try {
    const name = readJson(input, metaFile(input, id))?.Name;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}
