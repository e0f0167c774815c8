import type { OpenApi } from "../openapi.js";
import { type Report, refuse } from "../report.js";
import type { Base, Model, Neighbor } from "./base.js";
import { dataOf, emitClient, OVERRIDDEN, readMethods } from "./client.js";
import { type Declaration, difference } from "./declaration.js";
import { documentOn } from "./document-on.js";
import { readOperations } from "./operation-model.js";
import { emitOperations, readEntries } from "./operations.js";
import { emitOptions, readOptions } from "./option-types.js";
import { emitReadme, type OpenPoints } from "./readme.js";
import { emitOperationTypes, emitSchemas, readOperationTypes, readSchemas } from "./schema-types.js";
import type { Outputs } from "./swap-folder.js";
import { readTypes } from "./type-nodes.js";

/** Reads a corrected description, and reports what the emitters cannot express. */
export async function readModel(document: OpenApi, report: Report = refuse): Promise<Model> {
  const operations = readOperations(document, report);
  const types = await readTypes(document);
  return {
    api: document.info.version,
    document,
    schemas: readSchemas(document, types),
    options: readOptions(operations, types),
    operationTypes: readOperationTypes(types),
    operations: readEntries(operations),
    methods: readMethods(operations),
  };
}

/** Emits everything that is generated from a version; on a base, only what differs from it. */
export function emit(model: Model, neighbor?: Neighbor, open?: OpenPoints): Outputs {
  const { api, document, schemas, options, operationTypes, operations, methods } = model;
  const base = neighbor && compare(model, neighbor);
  const available = { schemas: namesOf(schemas), options: namesOf(options) };
  return new Map([
    ["README.md", emitReadme(api, base, open)],
    ["openapi.json", `${JSON.stringify(neighbor ? documentOn(document, neighbor) : document, null, 2)}\n`],
    ["schema.ts", emitSchemas(schemas, base)],
    ["options.ts", emitOptions(options, available.schemas, base)],
    ["operations.ts", emitOperations(operations, api, base)],
    ["operation-types.ts", emitOperationTypes(operationTypes, available.schemas, base)],
    ["client.ts", emitClient(methods, available, base)],
  ]);
}

const namesOf = (declarations: readonly Declaration[]): string[] => declarations.map(({ name }) => name);

/** What a version has in another form than the one it builds on. */
function compare(model: Model, { model: base, path }: Neighbor): Base {
  const schemas = difference(model.schemas, base.schemas);
  const changed = new Set([...namesOf(schemas.own), ...schemas.gone]);
  const isSame = (name: string): boolean => !changed.has(name);
  const options = difference(model.options, base.options, isSame);
  const operationTypes = difference(model.operationTypes, base.operationTypes, isSame);
  const operations = difference(model.operations, base.operations);
  for (const name of [...namesOf(options.own), ...options.gone]) changed.add(name);
  for (const id of [...namesOf(operations.own), ...OVERRIDDEN]) changed.add(dataOf(id));
  const methods = difference(model.methods, base.methods, isSame);
  return { api: base.api, path, schemas, options, operationTypes, operations, methods };
}
