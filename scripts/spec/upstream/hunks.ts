import { applyEdits, type LineEdit } from "./line-edits.js";

/** Edits that are so close that one patch has to make them, with the lines that say where. */
export interface Hunk {
  readonly edits: readonly LineEdit[];
  /** The first line with the lines around, counted from 0. */
  readonly from: number;
  /** The line after the last one. */
  readonly to: number;
}

/** The least number of unchanged lines around an edit, as everywhere. */
const CONTEXT = 3;

/**
 * Hunks of a text. Each has as many lines around it as it takes for them to be found at one place only, and nowhere once all
 * edits are made, so that a patch still applies there, and nowhere else, when other patches have moved the lines.
 */
export function hunksOf(text: string, edits: readonly LineEdit[]): Hunk[] {
  const lines = linesOf(text);
  const places = placesByLine(lines);
  const edited = linesOf(applyEdits(text, edits));
  const placesEdited = placesByLine(edited);
  const isUnique = (from: number, to: number): boolean => {
    const wanted = lines.slice(from, to);
    const timesIn = (all: readonly string[], starts: ReadonlyMap<string, readonly number[]>): number =>
      (starts.get(wanted[0] as string) ?? []).filter((start) =>
        wanted.every((line, index) => all[start + index] === line),
      ).length;
    return timesIn(lines, places) === 1 && timesIn(edited, placesEdited) === 0;
  };
  let hunks = edits.map((edit) => unique(edit, lines.length, isUnique));
  // What is balanced may touch a neighbor, and what is joined may be out of balance.
  for (let before = ""; before !== JSON.stringify(hunks); ) {
    before = JSON.stringify(hunks);
    hunks = joined(hunks.map((hunk) => balanced(hunk, lines.length)));
  }
  return hunks;
}

/** The lines of a text, whose last one ends with a line break, too. */
const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

/** The numbers of the lines that read so. */
function placesByLine(lines: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [number, line] of lines.entries()) places.set(line, [...(places.get(line) ?? []), number]);
  return places;
}

/** An edit with the fewest lines around that tell where it is. */
function unique(edit: LineEdit, length: number, isUnique: (from: number, to: number) => boolean): Hunk {
  for (let context = CONTEXT; ; context += 1) {
    const [from, to] = [Math.max(0, edit.from - context), Math.min(length, edit.to + context)];
    if (isUnique(from, to) || (from === 0 && to === length)) return { edits: [edit], from, to };
  }
}

/** With as many lines before as after: `patch` takes a side with fewer for the edge of the file. */
function balanced(hunk: Hunk, length: number): Hunk {
  const [first, last] = [hunk.edits[0] as LineEdit, hunk.edits.at(-1) as LineEdit];
  const context = Math.max(first.from - hunk.from, hunk.to - last.to);
  return { ...hunk, from: Math.max(0, first.from - context), to: Math.min(length, last.to + context) };
}

/** Joins neighbors that share lines. */
function joined(hunks: readonly Hunk[]): Hunk[] {
  const result: Hunk[] = [];
  for (const hunk of hunks) {
    const last = result.at(-1);
    if (last && hunk.from < last.to) {
      result[result.length - 1] = {
        edits: [...last.edits, ...hunk.edits],
        from: Math.min(last.from, hunk.from),
        to: Math.max(last.to, hunk.to),
      };
    } else result.push(hunk);
  }
  return result;
}

/** A unified diff that makes the edits of hunks, for `git apply` and `patch -p1`. */
export function unifiedDiff(file: string, text: string, hunks: readonly Hunk[]): string {
  const lines = linesOf(text);
  let moved = 0;
  const parts = hunks.map((hunk) => {
    const body = hunkLines(hunk, lines);
    const after = body.filter((line) => !line.startsWith("-")).length;
    const before = body.filter((line) => !line.startsWith("+")).length;
    const header = `@@ -${hunk.from + 1},${before} +${hunk.from + 1 + moved},${after} @@`;
    moved += after - before;
    return [header, ...body].join("\n");
  });
  return `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n${parts.join("\n")}\n`;
}

function hunkLines({ edits, from, to }: Hunk, lines: readonly string[]): string[] {
  const body: string[] = [];
  let next = from;
  const keep = (until: number): void => {
    for (; next < until; next += 1) body.push(` ${lines[next]}`);
  };
  for (const edit of edits) {
    keep(edit.from);
    for (; next < edit.to; next += 1) body.push(`-${lines[next]}`);
    body.push(...edit.lines.map((line) => `+${line}`));
  }
  keep(to);
  return body;
}
