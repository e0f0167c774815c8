import type { Board, Layer, Step } from "./board.js";
import { timeOf, warningLine } from "./board.js";
import { bytes, clean, cut, seconds, spread, widthOf } from "./text.js";

/** How a line looks. */
export type Style = "plain" | "done" | "failed" | "faint" | "warning";

/** A line of a terminal. */
export interface Line {
  readonly text: string;
  readonly style: Style;
  /** Whether it may be left out if there is not enough room. */
  readonly isOver: boolean;
}

const LONGEST_BAR = 40;
const RUNNING_LOG = 5;
const FAILED_LOG = 10;

/** Where lines are drawn. */
export interface Page {
  readonly columns: number;
  /** Whether lines that need more columns are cut, so that each is a row that can be redrawn. */
  readonly isCut: boolean;
}

/** A whole board as lines. */
export function frame(board: Board, page: Page, now: number): Line[] {
  const images = [...board.images].flatMap(([image, layers]) => [
    ...(board.hasSeveralImages && image ? [line(fitted(clean(image), page))] : []),
    ...[...layers.values()].map((layer) => layerLine(layer, page)),
  ]);
  const steps = [...board.steps.values()].flatMap((step) => stepLines(step, page, now));
  return [...images, ...steps];
}

/** The lines at the end: the warnings. */
export const warnings = (board: Board): Line[] =>
  board.warnings.map((warning) => line(warningLine(warning), "warning"));

const fitted = (text: string, { columns, isCut }: Page): string => (isCut ? cut(text, columns) : text);

/** A text on the left and one on the right, at least a space apart. */
const spaced = (left: string, right: string, { columns, isCut }: Page): string =>
  spread(left, right, isCut ? columns : Math.max(columns, widthOf(left) + 1 + widthOf(right)));

const line = (text: string, style: Style = "plain", isOver = false): Line => ({ text, style, isOver });

function layerLine({ id, status, current, total, done }: Layer, page: Page): Line {
  const name = `${clean(id)}: ${clean(status)}`;
  if (done || current === undefined) return line(fitted(name, page), done ? "done" : "plain", done);
  if (total === undefined) return line(spaced(name, bytes(current), page));
  const numbers = `${bytes(current)}/${bytes(total)}`;
  const room = page.columns - widthOf(name) - numbers.length - 4;
  return line(room < 5 ? spaced(name, numbers, page) : `${name} ${bar(current / total, room)} ${numbers}`);
}

function bar(share: number, room: number): string {
  const length = Math.min(LONGEST_BAR, room);
  const filled = Math.round(Math.min(1, share) * length);
  const head = filled > 0 && filled < length ? `${"=".repeat(filled - 1)}>` : "=".repeat(filled);
  return `[${head.padEnd(length)}]`;
}

function stepLines(step: Step, page: Page, now: number): Line[] {
  const { state, parts } = step;
  const time = timeOf(state, now);
  const mark = { waiting: "", running: "", done: "", cached: "CACHED ", failed: "ERROR " }[state.state];
  const isOver = state.state === "done" || state.state === "cached";
  const style = state.state === "failed" ? "failed" : isOver ? "done" : "plain";
  const shownTime = time === undefined || state.state === "cached" ? "" : seconds(time);
  const head = line(spaced(`=> ${mark}${clean(state.name)}`, shownTime, page), style, isOver);
  if (isOver || state.state === "waiting") return [head];
  const running = [...parts.values()].filter(({ done }) => !done || state.state === "failed");
  const shown = running.map(({ name, current, total }) => {
    const numbers = total ? `${bytes(current)}/${bytes(total)}` : current ? bytes(current) : "";
    return line(spaced(`=> => ${clean(name)}`, numbers, page));
  });
  const log = step.log.slice(state.state === "failed" ? -FAILED_LOG : -RUNNING_LOG);
  return [head, ...shown, ...log.map((text) => line(fitted(`=> => # ${text}`, page), "faint"))];
}

/** Leaves out lines until the rest fits: finished ones first, then the oldest. Says how many. */
export function within(lines: readonly Line[], rows: number): Line[] {
  if (lines.length <= rows) return [...lines];
  const excess = lines.length - rows + 1;
  const over = lines.filter(({ isOver }) => isOver).slice(0, excess);
  const rest = lines.filter((one) => !over.includes(one));
  const kept = rest.slice(Math.max(0, excess - over.length));
  return [line(`… and ${lines.length - kept.length} more`, "faint"), ...kept];
}
