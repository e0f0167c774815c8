import type { BuildEvent, BuildStep, BuildWarning } from "../buildkit/index.js";
import type { TransferLayer, TransferMessage } from "../workflows/index.js";
import { clean, linesOf } from "./text.js";

/** Input of a printer: an event of a pull, push, load or build. */
export type PrintableEvent = BuildEvent | Omit<TransferLayer, "message"> | Omit<TransferMessage, "message">;

export type Layer = Omit<TransferLayer, "message">;

/** Progress of a part of a step. */
export interface Part {
  readonly name: string;
  readonly current: number | bigint;
  readonly total: number | bigint;
  readonly done: boolean;
}

/** A step of a build, and what is known of it. */
export interface Step {
  state: BuildStep;
  readonly parts: Map<string, Part>;
  /** The last complete lines of its output. */
  readonly log: string[];
  /** The beginning of a line. */
  rest: string;
}

/** How many lines of a step's output are kept, to be shown if it fails. */
const LOG_KEPT = 20;

/** Where an endless line is broken: searching all of it again with each piece would take longer and longer. */
const LONGEST_LINE = 16 * 1024;

/** The state according to all events so far. */
export class Board {
  /** Layers by image, then by ID, in the order in which they were first named. */
  readonly images = new Map<string, Map<string, Layer>>();
  /** Steps by ID, in the order in which they began, without those that still wait. */
  readonly steps = new Map<string, Step>();
  readonly warnings: BuildWarning[] = [];
  readonly #names = new Set<string>();
  readonly #announced = new Map<string, Step>();

  /** Whether there are several images, so that each line must name its image. */
  get hasSeveralImages(): boolean {
    return this.#names.size > 1;
  }

  /** Notes an event. Returns the step it is about, and lines of its output that have become complete. */
  note(event: PrintableEvent): { readonly step?: Step; readonly lines: readonly string[] } {
    switch (event.type) {
      case "layer":
        this.#names.add(event.image ?? "");
        this.#layersOf(event.image ?? "").set(event.id, event);
        return { lines: [] };
      case "message":
        return { lines: this.#messageLines(event) };
      case "warning":
        this.warnings.push(event.warning);
        return { lines: [] };
      case "step":
        return { step: this.#stepOf(event.step), lines: [] };
      case "status": {
        const step = this.#stepOf(event.step);
        step.parts.set(event.id, event);
        return { step, lines: [] };
      }
      case "log": {
        const step = this.#stepOf(event.step);
        const parts = (step.rest + event.text).split("\n");
        step.rest = parts.pop() ?? "";
        if (step.rest.length > LONGEST_LINE) {
          parts.push(step.rest);
          step.rest = "";
        }
        const lines = parts.flatMap(linesOf);
        step.log.push(...lines);
        step.log.splice(0, step.log.length - LOG_KEPT);
        return { step, lines };
      }
    }
  }

  #messageLines({
    image,
    status,
  }: {
    readonly image: string | undefined;
    readonly status: string;
  }): string[] {
    this.#names.add(image ?? "");
    return linesOf(status).map((line) => this.imagePrefix(image) + line);
  }

  /** Names the image that a line is about, if there are several. */
  imagePrefix(image: string | undefined): string {
    return image !== undefined && this.#names.size > 1 ? `${clean(image)} ` : "";
  }

  #layersOf(image: string): Map<string, Layer> {
    const layers = this.images.get(image) ?? new Map<string, Layer>();
    this.images.set(image, layers);
    return layers;
  }

  #stepOf(state: BuildStep): Step {
    const step = this.#announced.get(state.id) ?? { state, parts: new Map(), log: [], rest: "" };
    step.state = state;
    this.#announced.set(state.id, step);
    if (state.state !== "waiting") this.steps.set(state.id, step);
    return step;
  }
}

/** How long a step has taken so far, in milliseconds; undefined if it has not begun. */
export function timeOf({ started, completed }: BuildStep, now: number): number | undefined {
  return started && (completed?.getTime() ?? now) - started.getTime();
}

/** A warning on a line: its place, its text, and where it is explained. */
export function warningLine({ file, lines, text, url }: BuildWarning): string {
  const place = file ? ` (${file}${lines[0] ? `:${lines[0][0]}` : ""})` : "";
  return linesOf(`WARN: ${text}${place}${url ? ` ${url}` : ""}`).join(" ");
}
