import type {
  StatusResponse,
  Timestamp,
  Vertex,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from "../../generated/buildkit/trace.js";
import type { BuildFailure } from "../errors.js";
import type { BuildEvent, BuildStep, BuildWarning } from "./build-event.js";
import { StepOutput } from "./step-output.js";

/** Turns BuildKit's trace into events, and keeps what the error of a failed build needs. */
export class Steps {
  readonly warnings: BuildWarning[] = [];
  readonly #steps = new Map<string, BuildStep>();
  readonly #outputs = new Map<string, StepOutput>();

  /** The events of a record. */
  *read({ vertexes, statuses, logs, warnings }: StatusResponse): Generator<BuildEvent, void, undefined> {
    for (const vertex of vertexes) {
      const before = this.#steps.get(vertex.digest);
      const step = this.#update(vertex, before);
      if (step.state !== before?.state) yield { type: "step", step };
    }
    for (const status of statuses) yield statusEvent(this.#step(status.vertex), status);
    for (const log of logs) yield this.#logEvent(log);
    for (const warning of warnings) {
      const read = readWarning(warning);
      this.warnings.push(read);
      yield { type: "warning", step: this.#steps.get(warning.vertex), warning: read };
    }
  }

  /** The step to blame for the Engine's message: others that fail alongside are only cancelled. */
  failure(message: string): BuildFailure {
    const step = [...this.#steps.values()].findLast(({ error }) => error && message.includes(error));
    if (!step) return {};
    const [, exitCode] = /exit code: (\d+)$/.exec(step.error ?? "") ?? [];
    return {
      step: step.name,
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
      output: this.#outputs.get(step.id)?.last(),
    };
  }

  /** A step may run several times: the last report counts. */
  #update({ digest: id, name, inputs, ...vertex }: Vertex, before: BuildStep | undefined): BuildStep {
    const step: BuildStep = {
      id,
      number: before?.number ?? this.#steps.size + 1,
      name,
      state: stateOf(vertex),
      started: dateOf(vertex.started),
      completed: dateOf(vertex.completed),
      inputs,
      error: vertex.error || undefined,
    };
    this.#steps.set(id, step);
    return step;
  }

  /** A step by its ID; one that was not announced has no other name. */
  #step(id: string): BuildStep {
    const known = this.#steps.get(id);
    if (known) return known;
    const step: BuildStep = { id, number: this.#steps.size + 1, name: id, state: "running", inputs: [] };
    this.#steps.set(id, step);
    return step;
  }

  #logEvent({ vertex, stream: number, msg: data }: VertexLog): BuildEvent {
    const stream = number === 2n ? "stderr" : "stdout";
    const output = this.#outputs.get(vertex) ?? new StepOutput();
    this.#outputs.set(vertex, output);
    return { type: "log", step: this.#step(vertex), stream, data, text: output.add(stream, data) };
  }
}

function stateOf({
  error,
  completed,
  cached,
  started,
}: Pick<Vertex, "cached" | "completed" | "error" | "started">): BuildStep["state"] {
  if (error) return "failed";
  if (completed) return cached ? "cached" : "done";
  return started ? "running" : "waiting";
}

const statusEvent = (step: BuildStep, status: VertexStatus): BuildEvent => ({
  type: "status",
  step,
  id: status.ID,
  name: status.name,
  current: numberOf(status.current),
  total: numberOf(status.total),
  done: status.completed !== undefined,
});

function readWarning({ short, detail, url, level, info, ranges }: VertexWarning): BuildWarning {
  return {
    text: textOf(short),
    details: detail.map(textOf),
    url,
    level: Number(level),
    file: info?.filename || undefined,
    lines: ranges.map(({ start, end }) => [start?.line ?? 0, end?.line ?? 0] as const),
  };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

const numberOf = (value: bigint): number | bigint =>
  BigInt(Number.MIN_SAFE_INTEGER) <= value && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;

const dateOf = (time: Timestamp | undefined): Date | undefined =>
  time && new Date(Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6));
