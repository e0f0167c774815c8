/**
 * Builds the documentation into site/: the guides, the references of the package and of the API, and what assistants read. The
 * pages load nothing from elsewhere. Also writes what the repository has of it, docs/operations.md and llms.txt; with --check
 * it compares these instead, and builds nothing.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readGuides, readRepository } from "./docs/guides.js";
import { httpReference } from "./docs/http-reference.js";
import { llmsFullText, llmsText } from "./docs/llms.js";
import {
  documentedOperations,
  linked,
  operationsPage,
  readDescription,
  readEquivalents,
} from "./docs/operations.js";
import { renderSite } from "./docs/site.js";
import { packageFile, workspace } from "./spec/workspace.js";

const OPERATIONS = "docs/operations.md";
const LLMS = "llms.txt";

async function main(): Promise<void> {
  const output = join(workspace.root, "site");
  const api = await readDescription();
  const equivalents = await readEquivalents();
  const about = JSON.parse(await readFile(packageFile(workspace), "utf8")) as {
    name: string;
    description: string;
  };
  await writeFile(join(workspace.root, OPERATIONS), operationsPage(api, equivalents));
  const guides = await readGuides();
  const repository = await readRepository();
  // The package has no docs/.
  await writeFile(
    join(workspace.root, LLMS),
    llmsText(about, guides, api, equivalents, `${repository}/blob/main/`),
  );

  const reference = httpReference(api);
  const inSite = guides.map((page) =>
    page.path === OPERATIONS ? { ...page, text: operationsPage(api, equivalents, linked) } : page,
  );
  const content = {
    pages: [...inSite, ...reference],
    operations: documentedOperations(api),
    repository,
  };
  const staging = await mkdtemp(join(tmpdir(), "docs-"));
  try {
    await renderSite(content, staging, output);
  } finally {
    await rm(staging, { recursive: true });
  }
  // Assistants read the sources of the pages, to which llms.txt links.
  await writeFile(join(output, LLMS), llmsText(about, guides, api, equivalents, ""));
  await writeFile(join(output, "llms-full.txt"), llmsFullText(about, guides, api, equivalents, reference));
  for (const { path } of guides) {
    await mkdir(dirname(join(output, path)), { recursive: true });
    await copyFile(join(workspace.root, path), join(output, path));
  }
  await writeFile(join(output, "openapi.json"), JSON.stringify(api));
  console.log("Built site/index.html");
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `docs: ${error.message}` : error);
  process.exitCode = 1;
});
