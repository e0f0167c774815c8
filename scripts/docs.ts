/**
 * Builds the documentation into site/: the guides, the reference of the package and of the API, and llms.txt. Reads nothing
 * outside the repository, and the pages load nothing from elsewhere.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGuides, readRepository } from "./docs/guides.js";
import { httpReference } from "./docs/http-reference.js";
import { documentedOperations, operationsPage, readDescription, readEquivalents } from "./docs/operations.js";
import { renderSite } from "./docs/site.js";
import { workspace } from "./spec/workspace.js";

async function main(): Promise<void> {
  const output = join(workspace.root, "site");
  const description = await readDescription();
  const guides = await readGuides();
  const operations = documentedOperations(description);
  const pages = [
    ...guides,
    operationsPage(description, await readEquivalents()),
    ...httpReference(description),
  ];
  const staging = await mkdtemp(join(tmpdir(), "docs-"));
  try {
    await renderSite({ pages, operations, repository: await readRepository() }, staging, output);
  } finally {
    await rm(staging, { recursive: true });
  }
  console.log(`Built ${output}/index.html`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `docs: ${error.message}` : error);
  process.exitCode = 1;
});
