import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { homeVersion, prefixOf } from "../offered-versions.js";
import { copyOf, type OpenApi, resolve } from "../openapi.js";
import { loadDescription } from "../pull/description.js";
import { SpecError } from "../spec-error.js";
import { generatedFolder, type Workspace } from "../workspace.js";
import { type Corrected, type Corrections, correct, linkReference, loadCorrections } from "./correct.js";

/** The command that repairs generated/. */
export const REPAIR = "Repair with: npm run spec -- pull && npm run spec -- generate";

export interface CorrectedDocument extends Corrected {
  /** What it was made from: the API version of a published description, or a file. */
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
    const corrected = await correct(swagger, await correctionsOf(workspace));
    return { ...corrected, start: api, isPublished: true };
  }
  const name = `${prefixOf(api, await homeVersion(workspace))}openapi.json`;
  const document = committedDocument(join(generatedFolder(workspace), name));
  // The committed one was complete when it was generated.
  const nothing = { problems: [], undocumented: [], rules: [], isPublished: false };
  return document && { ...nothing, document, start: `generated/${name}` };
}

const loaded = new WeakMap<Workspace, Promise<Corrections>>();

/** The contents of spec/, which a command reads once for all versions. */
function correctionsOf(workspace: Workspace): Promise<Corrections> {
  const corrections = loaded.get(workspace) ?? loadCorrections(workspace);
  loaded.set(workspace, corrections);
  return corrections;
}

/** A document of generated/, with what it takes over from another version in place; undefined if there is none. */
export function committedDocument(file: string): OpenApi | undefined {
  const document = readDocument(file);
  if (!document) return undefined;
  const others = new Map<string, OpenApi | undefined>();
  const components = Object.entries(document.components ?? {}).map(([kind, values]) => [
    kind,
    inPlace(values),
  ]);
  const whole = {
    ...document,
    paths: inPlace(document.paths ?? {}),
    components: Object.fromEntries(components),
  } as OpenApi;
  return linkReference(copyOf(whole));

  function inPlace(values: object): object {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, referred(value)]));
  }

  function referred(value: { readonly $ref?: string }): unknown {
    const [other = "", pointer = ""] = value.$ref?.split("#") ?? [];
    if (other === "") return value;
    const path = join(dirname(file), other);
    if (!others.has(path)) others.set(path, committedDocument(path));
    const found = resolve(others.get(path) as OpenApi, `#${pointer}`);
    if (found !== undefined) return found;
    throw new SpecError(`${file} refers to ${value.$ref}, which is missing. ${REPAIR}`);
  }
}

function readDocument(file: string): OpenApi | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${REPAIR}`, { cause });
  }
}
