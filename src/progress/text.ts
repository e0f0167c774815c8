import { eastAsianWidth } from "get-east-asian-width";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Escape sequences as programs print them: of control strings, of control sequences, and short ones. */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it removes
  /\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Foreign text on one line, without anything that would move the cursor, color, or reverse what follows. */
export const clean = (text: string): string =>
  text.replace(ESCAPES, "").replaceAll("\t", "    ").replace(CONTROLS, "");

/** The lines of a piece of output, without text that a carriage return overwrites. */
export const linesOf = (text: string): string[] => text.split("\n").map((line) => clean(lastOverwrite(line)));

/** The text after the last carriage return that is followed by anything. A regular expression would try each in vain. */
function lastOverwrite(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end -= 1;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1, end);
}

/** How many columns a terminal needs for a text without control characters. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment);
  return width;
}

function widthOfGrapheme(segment: string): number {
  if (/^\p{Mark}|^\p{Default_Ignorable_Code_Point}/u.test(segment)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(segment)) return 2;
  return eastAsianWidth(segment.codePointAt(0) ?? 0);
}

/** Cuts a text that needs more columns than available. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let fitting = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOfGrapheme(segment);
    if (width > columns - 1) break;
    fitting += segment;
  }
  return columns > 0 ? `${fitting}…` : "";
}

/** A text on the left and one on the right of a line. */
export function spread(left: string, right: string, columns: number): string {
  const fitting = cut(left, columns - widthOf(right) - 1);
  const gap = Math.max(1, columns - widthOf(fitting) - widthOf(right));
  return cut(fitting + " ".repeat(gap) + right, columns);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes in three or four digits, as the docker CLI writes it. */
export function bytes(count: number | bigint): string {
  let value = Number(count);
  let unit = 0;
  for (; value >= 1000 && unit < UNITS.length - 1; unit += 1) value /= 1000;
  return `${Number(value.toPrecision(4))}${UNITS[unit]}`;
}

/** A duration as BuildKit's steps show it. */
export const seconds = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)}s`;
