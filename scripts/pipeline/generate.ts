import { applyOverlay } from "./apply-overlay.js";
import { emitClient } from "./client.js";
import { convert } from "./convert.js";
import { lint } from "./lint.js";
import { readOperations, refuseTwins } from "./model.js";
import { resolveNullable } from "./nullable.js";
import { httpMethods, type OpenApi, type Operation } from "./openapi.js";
import { emitOperations } from "./operations.js";
import type { Outputs } from "./outputs.js";
import type { Overlay } from "./overlay.js";
import { removeProse } from "./prose.js";
import { emitTypes } from "./types.js";
import type { Swagger } from "./upstream.js";
import { requireWords } from "./words.js";

const README = `# Generated

Everything in this folder is written by \`npm run spec -- generate\` from the Docker Engine API description and our
overlays. Never edit a file here: the next run overwrites it, and \`npm run spec -- check\` fails until it does.
Wrong fact? Correct it in \`spec/overlays\`. Wrong shape? Change the emitter in \`scripts/pipeline\`.

- \`openapi.json\`: the corrected description, OpenAPI 3.1, facts only.
- \`schema.ts\`: the types of every path, operation and schema.
- \`operations.ts\`: the operations as data.
- \`client.ts\`: one method per operation, and the \`Caller\` interface they go through.

Another API version that the package offers has its own folder of the same files, \`generated/vX.YY/\`.
`;

/** From the published description to the corrected one. With \`prose\`, the upstream sentences stay in. */
export async function correct(
  swagger: Swagger,
  overlays: ReadonlyMap<string, Overlay>,
  { prose = false } = {},
): Promise<OpenApi> {
  const converted = await convert(swagger);
  refuseTwins(converted);
  let document = prose ? converted : removeProse(converted);
  for (const [file, overlay] of overlays) document = applyOverlay(document, overlay, file);
  return linkDocs(resolveNullable(document));
}

/** Lints the corrected description and emits everything that is generated from it. */
export async function emit(document: OpenApi): Promise<Outputs> {
  const operations = readOperations(document);
  return new Map([
    ["README.md", README],
    ["openapi.json", `${JSON.stringify(document, null, 2)}\n`],
    ["schema.ts", await emitTypes(document)],
    ["operations.ts", emitOperations(operations, document.info.version)],
    ["client.ts", emitClient(operations)],
  ]);
}

/** All generated files of a published description, linted. */
export async function generate(
  project: Parameters<typeof lint>[0],
  swagger: Swagger,
  overlays: ReadonlyMap<string, Overlay>,
): Promise<Outputs> {
  const document = await correct(swagger, overlays);
  requireWords(document);
  await lint(project, document);
  return emit(document);
}

/** Links each operation to its page in the official reference, whose addresses follow from tag and id. */
function linkDocs(document: OpenApi): OpenApi {
  for (const item of Object.values(document.paths ?? {})) {
    for (const method of httpMethods) {
      const operation = (item as Record<string, Operation | undefined>)[method];
      const [tag] = operation?.tags ?? [];
      if (!operation || !tag) continue;
      const page = `https://docs.docker.com/reference/api/engine/version/v${document.info.version}/`;
      operation.externalDocs = { url: `${page}#tag/${tag}/operation/${operation.operationId}` };
    }
  }
  return document;
}
