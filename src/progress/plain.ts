import { type Board, type PrintableEvent, type Step, timeOf, warningLine } from "./board.js";
import { type Output, type Screen, write } from "./screen.js";
import { clean, linesOf, seconds } from "./text.js";

/**
 * A step is not reported as done until this many milliseconds after its start. Until then, BuildKit may report that it
 * continues, or was cached.
 */
const EARLIEST_END_MS = 200;

/** Prints anything new, line by line, as in a log. */
export class Plain implements Screen {
  readonly #board: Board;
  readonly #stream: Output;
  readonly #hasColor: boolean;
  /** The last report on a layer or a step. */
  readonly #said = new Map<string, string>();
  /** By step, the timer that will report it as done. */
  readonly #ending = new Map<string, NodeJS.Timeout>();

  constructor(board: Board, stream: Output, hasColor: boolean) {
    this.#board = board;
    this.#stream = stream;
    this.#hasColor = hasColor;
  }

  show(event: PrintableEvent): void {
    const { lines, step } = this.#board.note(event);
    if (event.type === "message") for (const line of lines) this.#print(line);
    else if (event.type === "layer") {
      const image = this.#board.imagePrefix(event.image);
      this.#once(`${event.image} ${event.id}`, `${image}${clean(event.id)}: ${clean(event.status)}`);
    } else if (step) {
      this.#step(step);
      if (event.type === "log")
        for (const line of lines) this.#print(`#${step.state.number} ${this.#at(step)}${line}`);
    }
  }

  end(): void {
    for (const id of [...this.#ending.keys()]) this.#done(id);
    for (const step of this.#board.steps.values()) this.#rest(step);
    for (const warning of this.#board.warnings) this.#print(warningLine(warning), "33");
  }

  /** A step's name when it begins, and how it ended. */
  #step(step: Step): void {
    const { error, id, name, number, state } = step.state;
    if (state === "waiting") return;
    if (!this.#said.has(id)) {
      this.#said.set(id, "");
      this.#print(`#${number} ${clean(name)}`);
    }
    this.#forgetEnding(id);
    if (state === "cached") this.#once(id, `#${number} CACHED`, "36");
    if (state === "done") {
      const early = EARLIEST_END_MS - (timeOf(step.state, Date.now()) ?? EARLIEST_END_MS);
      if (early > 0) this.#ending.set(id, setTimeout(() => this.#done(id), early).unref());
      else this.#done(id);
    }
    if (state !== "failed") return;
    this.#rest(step);
    this.#once(id, `#${number} ERROR: ${linesOf(error ?? "").join(" ")}`, "31");
  }

  #done(id: string): void {
    this.#forgetEnding(id);
    const step = this.#board.steps.get(id);
    if (!step) return;
    this.#rest(step);
    const time = timeOf(step.state, Date.now());
    this.#once(id, `#${step.state.number} DONE${time === undefined ? "" : ` ${seconds(time)}`}`, "36");
  }

  #forgetEnding(id: string): void {
    clearTimeout(this.#ending.get(id));
    this.#ending.delete(id);
  }

  /** A last line without a line break. */
  #rest(step: Step): void {
    if (step.rest)
      for (const line of linesOf(step.rest)) this.#print(`#${step.state.number} ${this.#at(step)}${line}`);
    step.rest = "";
  }

  #at({ state }: Step): string {
    const time = timeOf({ ...state, completed: undefined }, Date.now());
    return time === undefined ? "" : `${(Math.max(0, time) / 1000).toFixed(3)} `;
  }

  #once(key: string, line: string, color?: string): void {
    if (this.#said.get(key) === line) return;
    this.#said.set(key, line);
    this.#print(line, color);
  }

  #print(line: string, color?: string): void {
    write(this.#stream, this.#hasColor && color ? `\x1b[${color}m${line}\x1b[0m\n` : `${line}\n`);
  }
}
