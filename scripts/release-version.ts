/** Writes package.json's version wherever else it stands: changesets knows only package.json and CHANGELOG.md. */
import { readFile, writeFile } from "node:fs/promises";

/** Where it stands, by file. */
const PLACES: Record<string, RegExp> = {
  "src/config/user-agent.ts": /(?<=packageVersion = ")[^"]*/,
  "package-lock.json": /(?<="name": "docker-engine-sdk",\s+"version": ")[^"]*/g,
};

async function main(): Promise<void> {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  for (const [file, place] of Object.entries(PLACES)) {
    const text = await readFile(file, "utf8");
    if (text.search(place) < 0) throw new Error(`${file} has no version at ${place}.`);
    await writeFile(file, text.replace(place, version));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `release-version: ${error.message}` : error);
  process.exitCode = 1;
});
