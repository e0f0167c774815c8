import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { homeVersion, prefixOf } from "../offered-versions.js";
import { copyOf, type OpenApi, resolve } from "../openapi.js";
import { loadDescription } from "../pull/description.js";
import { SpecError } from "../spec-error.js";
import { generatedFolder, type Workspace } from "../workspace.js";
import { type Corrected, correct, linkReference, loadCorrections } from "./correct.js";

/** The command that repairs generated/. */
export const REPAIR = "Repair with: npm run spec -- pull && npm run spec -- generate";

export interface CorrectedDocument extends Corrected {
  /** Its source, in words. */
  readonly start: string;
  /** It was made from the published description just now. */
  readonly isPublished: boolean;
}

/**
 * The corrected description of an API version: made from the published one or, in a clone without it, the committed one.
 * Undefined if there is neither.
 */
export async function correctedDocument(
  workspace: Workspace,
  api: string,
  source: string | undefined,
): Promise<CorrectedDocument | undefined> {
  const swagger = await loadDescription(workspace, api, source);
  if (swagger) {
    const corrected = await correct(swagger, await loadCorrections(workspace));
    return { ...corrected, start: `the published description of API ${api}`, isPublished: true };
  }
  const name = `${prefixOf(api, await homeVersion(workspace))}openapi.json`;
  const document = await committedDocument(join(generatedFolder(workspace), name));
  // The committed one was complete when it was generated.
  const nothing = { problems: [], undocumented: [], rules: [], isPublished: false };
  return document && { ...nothing, document, start: `generated/${name}` };
}

/** A document of generated/, with what it takes over from another version in place; undefined if there is none. */
async function committedDocument(file: string): Promise<OpenApi | undefined> {
  const document = await readDocument(file);
  if (!document) return undefined;
  const others = new Map<string, OpenApi | undefined>();
  const resolved = async (values: object): Promise<object> => {
    const entries = Object.entries(values).map(async ([name, value]: [string, { $ref?: string }]) => {
      const [other = "", pointer = ""] = value.$ref?.split("#") ?? [];
      if (other === "") return [name, value];
      const path = join(dirname(file), other);
      if (!others.has(path)) others.set(path, await committedDocument(path));
      const found = resolve(others.get(path) as OpenApi, `#${pointer}`);
      if (found === undefined)
        throw new SpecError(`${file} refers to ${value.$ref}, which is missing. ${REPAIR}`);
      return [name, found];
    });
    return Object.fromEntries(await Promise.all(entries));
  };
  const components = await Promise.all(
    Object.entries(document.components ?? {}).map(async ([kind, values]) => [kind, await resolved(values)]),
  );
  const whole = {
    ...document,
    paths: await resolved(document.paths ?? {}),
    components: Object.fromEntries(components),
  } as OpenApi;
  return linkReference(copyOf(whole));
}

async function readDocument(file: string): Promise<OpenApi | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${REPAIR}`, { cause });
  }
}
