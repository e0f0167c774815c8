import type { Board, PrintableEvent } from "./board.js";
import { frame, type Line, type Style, warnings, within } from "./frame.js";
import { type Output, type Screen, write } from "./screen.js";
import { SharedListener } from "./shared-listener.js";
import { widthOf } from "./text.js";

/** Milliseconds between two frames. */
const FRAME_MS = 80;
/** The same, if only the time of a running step changes. */
const IDLE_MS = 250;

const resizes = new SharedListener("resize");

const COLORS: Readonly<Record<Style, string>> = {
  plain: "",
  done: "\x1b[36m",
  failed: "\x1b[31m",
  faint: "\x1b[2m",
  warning: "\x1b[33m",
};

/** Draws a board over and over in the same place on a terminal. */
export class Terminal implements Screen {
  readonly #board: Board;
  readonly #stream: Output;
  readonly #hasColor: boolean;
  #timer: NodeJS.Timeout | undefined;
  /** Widths of the lines currently on the terminal. */
  #drawn: number[] = [];
  #said: string[] = [];
  readonly #onResize = (): void => this.#schedule(0);

  constructor(board: Board, stream: Output, hasColor: boolean) {
    this.#board = board;
    this.#stream = stream;
    this.#hasColor = hasColor;
    resizes.add(stream, this.#onResize);
  }

  show(event: PrintableEvent): void {
    const { lines } = this.#board.note(event);
    if (event.type === "message") this.#said.push(...lines);
    this.#schedule(FRAME_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    resizes.remove(this.#stream, this.#onResize);
    const page = { columns: this.#columns, isCut: false };
    this.#draw([...frame(this.#board, page, Date.now()), ...warnings(this.#board)]);
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // A terminal that does not keep up gets fewer frames.
      if (!this.#stream.writableNeedDrain) {
        const page = { columns: this.#columns, isCut: true };
        this.#draw(within(frame(this.#board, page, Date.now()), this.#rows - 1));
      }
      if ([...this.#board.steps.values()].some(({ state }) => state.state === "running"))
        this.#schedule(IDLE_MS);
    }, ms).unref();
  }

  /** Replaces the lines there, in one write to avoid flicker. */
  #draw(lines: readonly Line[]): void {
    // Reports are not redrawn, so they may take several rows.
    const said = this.#said;
    this.#said = [];
    const text = [...said, ...lines.map((line) => this.#colored(line))].map((line) => `${line}\n`).join("");
    write(this.#stream, this.#erase() + text);
    this.#drawn = lines.map((line) => widthOf(line.text));
  }

  /** Goes back to the first line there. A terminal that became narrower has wrapped some. */
  #erase(): string {
    const width = this.#stream.columns ?? 80;
    const height = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(line / width)), 0);
    const up = Math.min(height, this.#rows - 1);
    return up === 0 ? "" : `\x1b[${up}A\r\x1b[J`;
  }

  #colored({ text, style }: Line): string {
    return this.#hasColor && style !== "plain" ? `${COLORS[style]}${text}\x1b[0m` : text;
  }

  /** One less than available: some terminals go to the next line when the last column is written. */
  get #columns(): number {
    return Math.max(10, (this.#stream.columns ?? 80) - 1);
  }

  get #rows(): number {
    return Math.max(2, this.#stream.rows ?? 24);
  }
}
