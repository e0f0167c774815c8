import type { RecordedBytes } from "./recorded-bytes.js";

/** The version of the format; any other is refused. */
export const FORMAT = 1;

/** The first line of a recording. */
export interface RecordingHead {
  readonly recording: typeof FORMAT;
  readonly date: string;
}

/** The last line: without it, the recording is cut off. */
export interface RecordingEnd {
  readonly exchanges: number;
}

/** A request as it was sent, without its body if that was a stream. */
export interface RecordedRequest {
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: RecordedBytes;
}

/** The head of an answer. Names and values of its headers alternate. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: readonly string[];
  readonly upgraded?: true;
}

/** Why no answer arrived, or it broke. */
export interface RecordedFailure {
  readonly code: string;
  readonly message: string;
  /** The system's error. */
  readonly cause?: { readonly code?: string | undefined; readonly message: string } | undefined;
}

/** An event in an exchange. */
export type RecordedEvent =
  | { readonly request: RecordedRequest }
  | { readonly response: RecordedResponse }
  | { readonly sent: RecordedBytes }
  | { readonly received: RecordedBytes }
  | { readonly over: "sending" | "ended" | "left" }
  | { readonly failed: RecordedFailure };

/** A line of a recording, except the first and last. */
export type RecordedLine = RecordedEvent & {
  /** The exchange's number. */
  readonly exchange: number;
  /** Milliseconds since the recording began. */
  readonly at: number;
  /** Whether "*" stands for a byte of a secret. */
  readonly masked?: true;
};
