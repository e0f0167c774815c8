/**
 * Builds dist/: for each API version in generated/ its entries, as ES modules and CommonJS, with declarations. Code that
 * does not depend on the version is there once. Reads nothing outside the repository.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleCode } from "./build/code.js";
import { bundleDeclarations } from "./build/declarations.js";
import { apiVersions, dist, staging } from "./build/modules.js";
import { generatedFolder, workspace } from "./spec/workspace.js";

async function main(): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  const versions = await apiVersions();
  const output = join(staging, "dist");
  const exports = await bundleCode(versions, output);
  await bundleDeclarations(versions, exports, output);
  for (const { prefix } of versions) await copyDescription(prefix, output);
  await rm(dist, { recursive: true, force: true });
  await rename(output, dist);
  await rm(staging, { recursive: true, force: true });
  console.log(`Built dist/ for API ${versions.map(({ api }) => api).join(", ")}`);
}

/** Copies the description of a version without the space that makes it readable in generated/. */
async function copyDescription(prefix: string, folder: string): Promise<void> {
  const name = `${prefix}openapi.json`;
  const text = await readFile(join(generatedFolder(workspace), name), "utf8");
  await writeFile(join(folder, name), JSON.stringify(JSON.parse(text)));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `build: ${error.message}` : error);
  process.exitCode = 1;
});
