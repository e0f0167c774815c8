import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseYaml } from "../parse-yaml.js";
import { SpecError } from "../spec-error.js";
import { upstreamFile, type Workspace } from "../workspace.js";
import { fetchBytes } from "./fetch-bytes.js";
import { type LockEntry, lockEntry } from "./lock.js";
import { sha256 } from "./sha256.js";

/** A Swagger 2.0 document as published, parsed. */
export type Swagger = Record<string, unknown> & { swagger: "2.0" };

export const isUrl = (source: string): boolean => /^https?:\/\//.test(source);

/** Reads the bytes at a file, a folder of vX.YY.yaml files, or a URL. */
export async function readSource(source: string, api: string): Promise<Buffer> {
  if (isUrl(source)) return fetchBytes(source);
  try {
    const folder = (await stat(source)).isDirectory();
    return await readFile(folder ? join(source, `v${api}.yaml`) : source);
  } catch (cause) {
    throw new SpecError(
      `Cannot read the description of API ${api} from ${source}: ${(cause as Error).message}. ` +
        `Name a file, a folder that holds v${api}.yaml, or a URL.`,
      { cause },
    );
  }
}

/** Refuses bytes other than those pinned in spec/lock.json. */
export function verify(bytes: Buffer, entry: LockEntry, api: string, source: string): void {
  const found = sha256(bytes);
  if (found === entry.sha256) return;
  const pinned = "commit" in entry ? `the file of commit ${entry.commit}` : "the file it was recorded from";
  throw new SpecError(
    `${source} is not the description of API ${api} that spec/lock.json pins: its sha256 is ${found}, ` +
      `the lock says ${entry.sha256}. Take ${pinned}, as npm run spec -- pull --api ${api} does, or add --repin ` +
      "if the change upstream is wanted.",
  );
}

/** Parses a description; published files are not strict YAML, which the `yaml` package tolerates. */
export function parseSwagger(bytes: Buffer, source: string): Swagger {
  const document = parseYaml(bytes.toString("utf8"), source, { logLevel: "error", maxAliasCount: -1 });
  if (!document || typeof document !== "object" || (document as Swagger).swagger !== "2.0") {
    throw new SpecError(
      `${source} is not a Swagger 2.0 document (no \`swagger: "2.0"\` at its top). ` +
        "Name the API description as moby publishes it, api/docs/vX.YY.yaml.",
    );
  }
  return document as Swagger;
}

/**
 * The verified description of an API version: the pulled file, or else the copy at `fallback` (DOCKER_SPEC_SOURCE), or else
 * undefined.
 */
export async function loadDescription(
  workspace: Workspace,
  api: string,
  fallback?: string,
): Promise<Swagger | undefined> {
  const found = await loadBytes(workspace, api, fallback);
  return found && parseSwagger(found.bytes, found.source);
}

/** The text of the verified description of an API version. */
export async function loadText(
  workspace: Workspace,
  api: string,
  fallback?: string,
): Promise<string | undefined> {
  return (await loadBytes(workspace, api, fallback))?.bytes.toString("utf8");
}

async function loadBytes(
  workspace: Workspace,
  api: string,
  fallback: string | undefined,
): Promise<{ readonly bytes: Buffer; readonly source: string } | undefined> {
  const pulled = upstreamFile(workspace, api);
  const exists = await stat(pulled).then(
    () => true,
    () => false,
  );
  const source = exists ? pulled : fallback;
  if (!source) return undefined;
  const entry = await lockEntry(workspace, api);
  const bytes = await readSource(source, api);
  verify(bytes, entry, api, source);
  return { bytes, source };
}
