/**
 * Builds dist/: for each API version in generated/ its entries, as ES modules and CommonJS, with declarations. Code that
 * does not depend on the version is there once. Reads nothing outside the repository.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { bundleCode } from "./build/code.js";
import { bundleDeclarations } from "./build/declarations.js";
import { apiVersions, dist, staging } from "./build/modules.js";

async function main(): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  const versions = await apiVersions();
  const output = join(staging, "dist");
  const exports = await bundleCode(versions, output);
  await Promise.all(versions.map((version) => bundleDeclarations(version, exports, output)));
  await rm(dist, { recursive: true, force: true });
  await rename(output, dist);
  await rm(staging, { recursive: true, force: true });
  console.log(`Built dist/ for API ${versions.map(({ api }) => api).join(", ")}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `build: ${error.message}` : error);
  process.exitCode = 1;
});
