/** Progress of a running build, with either builder. */

/** A change of a step, a piece of its output, its progress in numbers, or a warning. */
export type BuildEvent = BuildStepEvent | BuildLogEvent | BuildStatusEvent | BuildWarningEvent;

/** A step becomes known, begins, ends, fails or is cached. */
export interface BuildStepEvent {
  /** Tells the events apart. */
  readonly type: "step";
  /** The step, in its new state. */
  readonly step: BuildStep;
}

/** Output of a step. */
export interface BuildLogEvent {
  /** Tells the events apart. */
  readonly type: "log";
  /** The step that wrote it. */
  readonly step: BuildStep;
  /** Where it was written. */
  readonly stream: "stdout" | "stderr";
  /** The bytes that were written. */
  readonly data: Uint8Array;
  /** `data` as text; a character that the Engine cuts in two comes whole with the later event. */
  readonly text: string;
}

/** Progress of a part of a step, such as the download of a layer. */
export interface BuildStatusEvent {
  /** Tells the events apart. */
  readonly type: "status";
  /** The step it belongs to. */
  readonly step: BuildStep;
  /** Unique within its step. */
  readonly id: string;
  /** The activity, such as "transferring context:". */
  readonly name: string;
  /** Bytes, mostly. */
  readonly current: number | bigint;
  /** 0 if unknown. */
  readonly total: number | bigint;
  /** Whether it is complete. */
  readonly done: boolean;
}

/** A warning, such as one of the Dockerfile's checks. */
export interface BuildWarningEvent {
  /** Tells the events apart. */
  readonly type: "warning";
  /** The step it is about; undefined if not about a particular step. */
  readonly step: BuildStep | undefined;
  /** The warning. */
  readonly warning: BuildWarning;
}

/** State of a step at the time of its event. */
export interface BuildStep {
  /** BuildKit's digest of the step, or the classic builder's number for it, as text. */
  readonly id: string;
  /** Steps are numbered from 1, in the order in which the Engine first names them. */
  readonly number: number;
  /** As the docker CLI shows it, such as "[2/3] RUN make". */
  readonly name: string;
  /** Its state; "cached" if an earlier result was used. */
  readonly state: "waiting" | "running" | "done" | "cached" | "failed";
  /** When it began; undefined while it waits. */
  readonly started?: Date | undefined;
  /** When it ended; undefined until then. */
  readonly completed?: Date | undefined;
  /** IDs of the steps that this one builds on. */
  readonly inputs: readonly string[];
  /** Why it failed. */
  readonly error?: string | undefined;
}

/** A warning of BuildKit, with the place in the Dockerfile it is about. */
export interface BuildWarning {
  /** The warning, in one line. */
  readonly text: string;
  /** Further lines that explain it. */
  readonly details: readonly string[];
  /** Where the rule is described; empty if nowhere. */
  readonly url: string;
  /** 1 is the most serious. */
  readonly level: number;
  /** Name of the Dockerfile. */
  readonly file?: string | undefined;
  /** First and last line of each place, counted from 1. */
  readonly lines: readonly (readonly [first: number, last: number])[];
}
