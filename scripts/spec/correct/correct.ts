import { type OpenApi, operationsOf } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import type { Report } from "../report.js";
import type { Workspace } from "../workspace.js";
import { applyOverlay } from "./apply-overlay.js";
import { convert } from "./convert.js";
import { applyDocs, type Docs, loadDocs } from "./docs.js";
import { nameBodies } from "./name-bodies.js";
import { loadNames, nameObjects, type ObjectNames } from "./name-objects.js";
import { nameOperations, ownParameters, separateTwins } from "./name-operations.js";
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

/** A corrected description, and what is left to settle by hand. */
export interface Corrected {
  readonly document: OpenApi;
  /** What a person has to decide, in words that name the edit. */
  readonly problems: readonly string[];
  /** The places without words in spec/docs. */
  readonly undocumented: readonly string[];
  /** The rules of the overlays that apply to some place. */
  readonly rules: readonly string[];
}

/** Reads spec/overlays, spec/required.yaml, spec/names.yaml and spec/docs. */
export const loadCorrections = async (workspace: Workspace): Promise<Corrections> => ({
  overlays: await loadOverlays(workspace),
  required: await loadRequired(workspace),
  names: await loadNames(workspace),
  docs: await loadDocs(workspace),
});

/** From the published description to the corrected one. Goes on after a problem, so that one run finds them all. */
export async function correct(
  swagger: Swagger,
  { overlays, required, names, docs }: Corrections,
): Promise<Corrected> {
  const problems: string[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const rules: string[] = [];
  const onRule = (rule: string): void => void rules.push(rule);
  let document = await converted(swagger, report);
  for (const [file, overlay] of overlays)
    document = applyOverlay(document, overlay, file, { report, onRule });
  document = nameBodies(nameOperations(document, report), report);
  document = linkReference(resolveNullable(requireFields(document, required, report)));
  const undocumented = applyDocs(document, docs);
  document = nameObjects(document, names, docs.schemas, report);
  return { document, problems, undocumented, rules };
}

/** The published description as OpenAPI 3.1, without its sentences: what the overlays correct. */
export const converted = async (swagger: Swagger, report: Report): Promise<OpenApi> =>
  removeProse(separateTwins(ownParameters(await convert(swagger)), report));

/** Links each operation to its page in the official reference, whose address consists of tag and id. */
export function linkReference(document: OpenApi): OpenApi {
  const reference = `https://docs.docker.com/reference/api/engine/version/v${document.info.version}/`;
  for (const { operation } of operationsOf(document)) {
    const [tag] = operation.tags ?? [];
    if (tag) operation.externalDocs = { url: `${reference}#tag/${tag}/operation/${operation.operationId}` };
  }
  return document;
}
