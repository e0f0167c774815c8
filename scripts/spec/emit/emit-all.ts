import type { OpenApi } from "../openapi.js";
import { emitClient } from "./client.js";
import { readOperations } from "./operation-model.js";
import { emitOperations } from "./operations.js";
import { emitOptions } from "./option-types.js";
import { emitOperationTypes, emitSchemas } from "./schema-types.js";
import type { Outputs } from "./swap-folder.js";
import { readTypes } from "./type-nodes.js";

const README = `# Generated

\`npm run spec -- generate\` writes everything in this folder from the Docker Engine API description and our overlays.
Never edit a file here: the next run overwrites it, and \`npm run spec -- check\` fails until it does.
Wrong fact? Correct it in \`spec/overlays\`. Wrong shape? Change the emitter in \`scripts/spec/emit\`.

- \`openapi.json\`: the corrected description, OpenAPI 3.1.
- \`schema.ts\`: the type of every schema.
- \`options.ts\`: the options of every operation.
- \`operations.ts\`: the operations as data.
- \`operation-types.ts\`: the types of their parameters, bodies and answers, for the mock kit.
- \`client.ts\`: one method per operation, and the \`Caller\` interface they go through.

Other API versions that the package offers have the same files in a folder of their own, \`generated/vX.YY/\`.
`;

/** Emits everything that is generated from a corrected description. */
export async function emit(document: OpenApi): Promise<Outputs> {
  const operations = readOperations(document);
  const types = await readTypes(document);
  return new Map([
    ["README.md", README],
    ["openapi.json", `${JSON.stringify(document, null, 2)}\n`],
    ["schema.ts", emitSchemas(document, types)],
    ["options.ts", emitOptions(operations, types)],
    ["operations.ts", emitOperations(operations, document.info.version)],
    ["operation-types.ts", emitOperationTypes(types)],
    ["client.ts", emitClient(operations)],
  ]);
}
