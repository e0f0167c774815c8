/**
 * Writes what docs/errors.md says of each error: when it is thrown, what to do, its fields. The words are those of the classes'
 * TSDoc. With --check it compares instead, and fails if they differ.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorsPage, PAGE } from "./errors/page.js";
import { workspace } from "./spec/workspace.js";

async function main(): Promise<void> {
  const path = join(workspace.root, PAGE);
  const page = await errorsPage(workspace.root);
  if (!process.argv.includes("--check")) await writeFile(path, page);
  else if ((await readFile(path, "utf8")) !== page) {
    console.error(`${PAGE} does not say what the classes say. Commit what this writes: npm run errors`);
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `errors: ${error.message}` : error);
  process.exitCode = 1;
});
