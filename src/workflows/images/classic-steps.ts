import type { ProgressMessage } from "#generated/schema.js";
import type { BuildEvent, BuildStep, BuildWarning } from "../../buildkit/index.js";
import { BuildError, type StreamError } from "../../errors.js";

/**
 * The line that begins a step. Docker sends its line break in a separate record, unlike any command's output; a mock may append
 * it instead.
 */
const DOCKER_STEP = /^Step (?<number>\d+)\/(?<total>\d+) : (?<instruction>[^\n]*)(?<end>\n?)$/;
/** Podman counts the steps of each stage. */
const PODMAN_STEP =
  /^(?:\[(?<stage>\d+\/\d+)\] )?STEP (?<number>\d+)\/(?<total>\d+): (?<instruction>[^\n]*)(?<end>\n)$/;
const CACHED = /^(?: -)?--> Using cache/;
const RUNNING = /^ ---> Running in /;
const WARNING = /^(?: ---> )?\[Warning\] (?<text>.*)\n?$/;
/** How Podman reports the exit code of a command. */
const EXIT_STATUS = /exit status (\d+)\s*$/;
/** Docker colors what a command writes to stderr. */
const RED = "\u001b[91m";
const PLAIN = "\u001b[0m";
/** Statuses that end the download of a layer. */
const DONE: readonly string[] = ["Already exists", "Download complete", "Pull complete"];

const OUTPUT_KEPT = 64 * 1024;

/** A line that begins a step. */
interface StepLine {
  readonly stage?: string | undefined;
  readonly number: number;
  readonly total: number;
  readonly instruction: string;
  /** The line's end, if it is in the same record. */
  readonly end: string;
}

/** Turns the records of the classic builder into events. */
export class ClassicSteps {
  readonly warnings: BuildWarning[] = [];
  readonly #tell: (event: BuildEvent) => void;
  #step: BuildStep | undefined;
  #line: StepLine | undefined;
  /** Whether the step has written anything. */
  #isNew = false;
  /** Whether a command is running, whose output may look like the builder's. */
  #runs = false;
  #output = "";

  constructor(tell: (event: BuildEvent) => void) {
    this.#tell = tell;
  }

  add({ aux, id, progressDetail, status, stream }: ProgressMessage): void {
    // An empty part may be null.
    if (typeof stream === "string") this.#addText(stream);
    if (aux) this.end();
    if (typeof status !== "string") return;
    if (id) {
      const { current = 0, total = 0 } = progressDetail ?? {};
      const done = DONE.includes(status);
      this.#tell({ type: "status", step: this.#current(), id, name: status, current, total, done });
    } else this.#log(`${status}\n`, "stdout");
  }

  /** Ends the step that is running, with success. */
  end(): void {
    this.#runs = false;
    if (this.#step?.state === "running") this.#change({ state: "done", completed: new Date() });
  }

  /** Ends the step that is running with the failure that the Engine reports. */
  fail(error: StreamError): BuildError {
    const { errorDetail, error: text } = (error.cause ?? {}) as ProgressMessage;
    const told = [errorDetail?.message, text].find((one) => typeof one === "string" && one !== "");
    const message = (told ?? error.message).trim();
    const code = errorDetail?.code || Number(EXIT_STATUS.exec(message)?.[1] ?? 0);
    const failure = {
      step: this.#step?.name,
      exitCode: code || undefined,
      output: this.#output.slice(-OUTPUT_KEPT),
    };
    if (this.#step) this.#change({ state: "failed", completed: new Date(), error: message });
    const where = this.#step ? ` at ${this.#step.name}` : "";
    return new BuildError(`build failed${where}: ${message}`, failure, { cause: error });
  }

  #addText(text: string): void {
    const line = stepLine(text);
    const warning = WARNING.exec(text)?.groups?.text;
    if (line && this.#isNext(line)) this.#begin(line);
    else if (this.#runs) this.#addOutput(text);
    else if (warning !== undefined) this.#warn(warning);
    else if (CACHED.test(text) && this.#step) this.#change({ state: "cached", completed: new Date() });
    // The end of the line that began the step.
    else if (text !== "\n" || !this.#isNew) this.#addOutput(text);
  }

  /** Whether a line follows the last one: a command may print what looks like one. */
  #isNext({ number, total, stage, end }: StepLine): boolean {
    if (this.#line && end !== this.#line.end) return false;
    if (number === 1) return this.#line === undefined || stage !== undefined;
    return number === (this.#line?.number ?? 0) + 1 && total === this.#line?.total;
  }

  #begin(line: StepLine): void {
    this.end();
    this.#line = line;
    const { stage, number, total, instruction } = line;
    const place = stage === undefined ? `${number}/${total}` : `${stage} ${number}/${total}`;
    this.#start(`[${place}] ${instruction}`, /^FROM\b/i.test(instruction));
  }

  #start(name: string, isFirst: boolean): BuildStep {
    const number = (this.#step?.number ?? 0) + 1;
    const inputs = this.#step && !isFirst ? [this.#step.id] : [];
    this.#step = { id: String(number), number, name, state: "running", started: new Date(), inputs };
    this.#isNew = true;
    this.#output = "";
    this.#tell({ type: "step", step: this.#step });
    return this.#step;
  }

  /** The step of a record; a separate one for anything before the first step. */
  #current(): BuildStep {
    return this.#step ?? this.#start("[internal] prepare", true);
  }

  #change(change: Partial<BuildStep>): void {
    this.#step = { ...this.#current(), ...change };
    this.#tell({ type: "step", step: this.#step });
  }

  #addOutput(text: string): void {
    const isError = text.startsWith(RED) && text.endsWith(PLAIN);
    if (isError) this.#log(text.slice(RED.length, -PLAIN.length), "stderr");
    else this.#log(text, "stdout");
    if (this.#runs || !RUNNING.test(text)) return;
    this.#runs = true;
    this.#output = "";
  }

  #log(text: string, stream: "stdout" | "stderr"): void {
    const step = this.#current();
    this.#isNew = false;
    this.#output += text;
    // Only now and then: doing it for each record would take longer and longer.
    if (this.#output.length > 2 * OUTPUT_KEPT) this.#output = this.#output.slice(-OUTPUT_KEPT);
    this.#tell({ type: "log", step, stream, data: Buffer.from(text), text });
  }

  #warn(text: string): void {
    const warning: BuildWarning = { text, details: [], url: "", level: 1, lines: [] };
    this.warnings.push(warning);
    this.#tell({ type: "warning", step: this.#step, warning });
  }
}

function stepLine(text: string): StepLine | undefined {
  const {
    stage,
    number,
    total,
    instruction = "",
    end = "",
  } = (DOCKER_STEP.exec(text) ?? PODMAN_STEP.exec(text))?.groups ?? {};
  if (number === undefined) return undefined;
  return { stage, number: Number(number), total: Number(total), instruction, end };
}
