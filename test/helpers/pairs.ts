import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A page with pairs of programs: the same in another client and in this one. */
export interface PairPage {
  readonly page: string;
  /** The other client, as the first line of its programs names it. */
  readonly client: string;
}

/** Two programs that do the same. */
export interface Pair {
  readonly title: string;
  readonly programs: readonly [other: string, own: string];
  /** What each program prints, if the comments after its console.log tell; otherwise both print the same. */
  readonly prints: readonly [other: string[], own: string[]];
}

/** The pairs of a page, each under a heading of its own. @throws the programs of a section do not make a pair */
export async function pairsOf({ page, client }: PairPage): Promise<Pair[]> {
  const text = await readFile(join(process.cwd(), "docs", page), "utf8");
  return text.split(/^##+ /m).flatMap((section) => {
    const blocks = [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    const [title = ""] = section.split("\n", 1);
    const [other, own, ...rest] = blocks;
    if (other === undefined) return [];
    const isPair =
      own !== undefined &&
      beginsWith(other, client) &&
      beginsWith(own, "docker-engine-sdk") &&
      rest.length === 0;
    if (!isPair)
      throw new Error(`${page}: "${title}" needs a program of ${client} and one of docker-engine-sdk`);
    return [{ title, programs: [other, own], prints: [printedBy(other), printedBy(own)] }];
  });
}

const beginsWith = (program: string, client: string): boolean => program.startsWith(`// ${client}\n`);

/** The comments after console.log, which are what it prints. */
const printedBy = (program: string): string[] =>
  [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, printed = ""]) => printed);
