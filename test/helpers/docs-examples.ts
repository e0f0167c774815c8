import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A program of the documentation. */
export interface Example {
  /** The heading it stands under, and which one it is there. */
  readonly title: string;
  readonly code: string;
}

/** All programs of a file in docs/: its blocks that stand by themselves, in TypeScript or another language. */
export async function examplesOf(file: string, language = "ts"): Promise<Example[]> {
  return blocksOf(
    file,
    language,
    // Half of a pair is given its client: see pairs.ts.
    ({ code }) =>
      code.includes('from "docker-engine-sdk"') &&
      !/^\/\/ (?:docker-engine-sdk|@docker\/node-sdk)\n/.test(code),
  );
}

/** The blocks of a file in docs/ in a language, or those of them that are wanted. */
export async function blocksOf(
  file: string,
  language: string,
  isWanted: (block: { readonly code: string }) => boolean = () => true,
): Promise<Example[]> {
  const text = await readFile(join(process.cwd(), "docs", file), "utf8");
  return text.split(/^## /m).flatMap((section) => {
    const heading = section.split("\n", 1)[0] ?? "";
    return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))]
      .map(([, code = ""]) => ({ code }))
      .filter(isWanted)
      .map(({ code }, index) => ({ title: `${heading} ${index + 1}`, code }));
  });
}
