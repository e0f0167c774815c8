import { type OpenApi, operationsOf } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";
import { applyOverlay } from "./apply-overlay.js";
import { convert } from "./convert.js";
import { applyDocs, type Docs, loadDocs } from "./docs.js";
import { nameBodies } from "./name-bodies.js";
import { loadNames, nameObjects, type ObjectNames } from "./name-objects.js";
import { resolveNullable } from "./nullable.js";
import { loadOverlays, type Overlay } from "./overlay.js";
import { removeProse } from "./remove-prose.js";
import { loadRequired, type RequiredFields, requireFields } from "./require-fields.js";

/** The contents of spec/: corrections, required fields, names, and words. */
export interface Corrections {
  readonly overlays: ReadonlyMap<string, Overlay>;
  readonly required: RequiredFields;
  readonly names: ObjectNames;
  readonly docs: Docs;
}

/** A corrected description, and the places without words in spec/docs. */
export interface Corrected {
  readonly document: OpenApi;
  readonly undocumented: readonly string[];
}

/** Reads spec/overlays, spec/required.yaml, spec/names.yaml and spec/docs. */
export const loadCorrections = async (workspace: Workspace): Promise<Corrections> => ({
  overlays: await loadOverlays(workspace),
  required: await loadRequired(workspace),
  names: await loadNames(workspace),
  docs: await loadDocs(workspace),
});

/** From the published description to the corrected one. */
export async function correct(
  swagger: Swagger,
  { overlays, required, names, docs }: Corrections,
): Promise<Corrected> {
  const converted = await convert(swagger);
  refuseTwins(converted);
  let document = removeProse(converted);
  for (const [file, overlay] of overlays) document = applyOverlay(document, overlay, file);
  document = requireFields(nameBodies(document), required);
  document = linkReference(resolveNullable(document));
  const undocumented = applyDocs(document, docs);
  return { document: nameObjects(document, names, docs.schemas), undocumented };
}

/** Refuses two operations with the same name, which overlays and callers could not tell apart. */
export function refuseTwins(document: OpenApi): void {
  const places = new Map<string, string>();
  for (const { path, operation } of operationsOf(document)) {
    const { operationId: id } = operation;
    if (id === undefined) continue;
    const twin = places.get(id);
    if (twin !== undefined)
      throw new SpecError(`Two operations are called ${id}: at ${twin} and at ${path}.`);
    places.set(id, path);
  }
}

/** Links each operation to its page in the official reference, whose address consists of tag and id. */
function linkReference(document: OpenApi): OpenApi {
  const reference = `https://docs.docker.com/reference/api/engine/version/v${document.info.version}/`;
  for (const { operation } of operationsOf(document)) {
    const [tag] = operation.tags ?? [];
    if (tag) operation.externalDocs = { url: `${reference}#tag/${tag}/operation/${operation.operationId}` };
  }
  return document;
}
