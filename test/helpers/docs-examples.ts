import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A program of the documentation. */
export interface Example {
  /** The heading it stands under, and which one it is there. */
  readonly title: string;
  readonly code: string;
}

/** All programs of a file in docs/: its blocks of TypeScript that stand by themselves. */
export async function examplesOf(file: string): Promise<Example[]> {
  const text = await readFile(join(process.cwd(), "docs", file), "utf8");
  return text.split(/^## /m).flatMap((section) => {
    const heading = section.split("\n", 1)[0] ?? "";
    const blocks = [...section.matchAll(/^```ts\n(.*?)^```$/gms)];
    return blocks
      .map(([, code = ""]) => code)
      .filter((code) => code.includes('from "docker-engine-sdk"'))
      .map((code, index) => ({ title: `${heading} ${index + 1}`, code }));
  });
}
