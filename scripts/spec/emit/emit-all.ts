import type { OpenApi } from "../openapi.js";
import { emitClient } from "./client.js";
import { readOperations } from "./operation-model.js";
import { emitOperations } from "./operations.js";
import { emitTypes } from "./schema-types.js";
import type { Outputs } from "./swap-folder.js";

const README = `# Generated

\`npm run spec -- generate\` writes everything in this folder from the Docker Engine API description and our overlays.
Never edit a file here: the next run overwrites it, and \`npm run spec -- check\` fails until it does.
Wrong fact? Correct it in \`spec/overlays\`. Wrong shape? Change the emitter in \`scripts/spec/emit\`.

- \`openapi.json\`: the corrected description, OpenAPI 3.1.
- \`schema.ts\`: the types of every path, operation and schema.
- \`operations.ts\`: the operations as data.
- \`client.ts\`: one method per operation, and the \`Caller\` interface they go through.

Other API versions that the package offers have the same files in a folder of their own, \`generated/vX.YY/\`.
`;

/** Emits everything that is generated from a corrected description. */
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
