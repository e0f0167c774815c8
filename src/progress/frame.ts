import type { Board, Layer, Step } from "./board.js";
import { timeOf, warningLine } from "./board.js";
import { bytes, clean, cut, seconds, spread, widthOf } from "./text.js";

/** How a line looks. */
export type Style = "plain" | "done" | "failed" | "faint" | "warning";

/** A line of a terminal. */
export interface Line {
  readonly text: string;
  readonly style: Style;
  /** Whether it may be left out where there is no room for all. */
  readonly isOver: boolean;
}

const LONGEST_BAR = 40;
const RUNNING_LOG = 5;
const FAILED_LOG = 10;

/** All of a board as lines of so many columns. */
export function frame(board: Board, columns: number, now: number): Line[] {
  const images = [...board.images].flatMap(([image, layers]) => [
    ...(board.images.size > 1 ? [line(cut(clean(image), columns))] : []),
    ...[...layers.values()].map((layer) => layerLine(layer, columns)),
  ]);
  const steps = [...board.steps.values()].flatMap((step) => stepLines(step, columns, now));
  return [...images, ...steps];
}

/** What is said at the end: the warnings. */
export const warnings = (board: Board, columns: number): Line[] =>
  board.warnings.map((warning) => line(cut(warningLine(warning), columns), "warning"));

const line = (text: string, style: Style = "plain", isOver = false): Line => ({ text, style, isOver });

function layerLine({ id, status, current, total, done }: Layer, columns: number): Line {
  const name = `${clean(id)}: ${clean(status)}`;
  if (done || current === undefined) return line(cut(name, columns), done ? "done" : "plain", done);
  if (total === undefined) return line(spread(name, bytes(current), columns));
  const numbers = `${bytes(current)}/${bytes(total)}`;
  const room = columns - widthOf(name) - numbers.length - 4;
  return line(room < 5 ? spread(name, numbers, columns) : `${name} ${bar(current / total, room)} ${numbers}`);
}

function bar(share: number, room: number): string {
  const length = Math.min(LONGEST_BAR, room);
  const filled = Math.round(Math.min(1, share) * length);
  const head = filled > 0 && filled < length ? `${"=".repeat(filled - 1)}>` : "=".repeat(filled);
  return `[${head.padEnd(length)}]`;
}

function stepLines(step: Step, columns: number, now: number): Line[] {
  const { state, parts } = step;
  const time = timeOf(state, now);
  const mark = { waiting: "", running: "", done: "", cached: "CACHED ", failed: "ERROR " }[state.state];
  const isOver = state.state === "done" || state.state === "cached";
  const style = state.state === "failed" ? "failed" : isOver ? "done" : "plain";
  const shownTime = time === undefined || state.state === "cached" ? "" : seconds(time);
  const head = line(spread(`=> ${mark}${clean(state.name)}`, shownTime, columns), style, isOver);
  if (isOver || state.state === "waiting") return [head];
  const running = [...parts.values()].filter(({ done }) => !done || state.state === "failed");
  const shown = running.map(({ name, current, total }) => {
    const numbers = total ? `${bytes(current)}/${bytes(total)}` : current ? bytes(current) : "";
    return line(spread(`=> => ${clean(name)}`, numbers, columns));
  });
  const log = step.log.slice(state.state === "failed" ? -FAILED_LOG : -RUNNING_LOG);
  return [head, ...shown, ...log.map((text) => line(cut(`=> => # ${text}`, columns), "faint"))];
}

/** Leaves out lines until the rest has room: first what is over, then the oldest. Says how many. */
export function within(lines: readonly Line[], rows: number): Line[] {
  if (lines.length <= rows) return [...lines];
  const excess = lines.length - rows + 1;
  const over = lines.filter(({ isOver }) => isOver).slice(0, excess);
  const rest = lines.filter((one) => !over.includes(one));
  const kept = rest.slice(Math.max(0, excess - over.length));
  return [line(`… and ${lines.length - kept.length} more`, "faint"), ...kept];
}
