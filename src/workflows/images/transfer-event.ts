import type { ProgressMessage } from "#generated/schema.js";

/** Progress of a pull, push or load: the state of a layer, or a message. */
export type TransferEvent = TransferLayer | TransferMessage;

/** Progress of a layer or another part of an image. */
export interface TransferLayer {
  /** Tells the events apart. */
  readonly type: "layer";
  /** The image it belongs to, as `name:tag`; undefined in a load, where the Engine does not say. */
  readonly image: string | undefined;
  /** The beginning of its digest; unique within its image. */
  readonly id: string;
  /** Its status. */
  readonly status: LayerStatus | (string & {});
  /** Bytes so far; undefined while there is nothing to count. Each status counts from 0. */
  readonly current: number | undefined;
  /** Bytes in all; undefined if the Engine does not know. */
  readonly total: number | undefined;
  /** Whether the Engine is done with it. */
  readonly done: boolean;
  /** The Engine's record. */
  readonly message: ProgressMessage;
}

/** Anything else the Engine says, such as the digest at the end. */
export interface TransferMessage {
  /** Tells the events apart. */
  readonly type: "message";
  /** The image it is about, as `name:tag`; undefined in a load. */
  readonly image: string | undefined;
  /** The message, without a line break at its end. */
  readonly status: string;
  /** The Engine's record. */
  readonly message: ProgressMessage;
}

/** Statuses that Engines report for a layer. Podman knows few of these, and others may come. */
export type LayerStatus =
  | "Pulling fs layer"
  | "Waiting"
  | "Downloading"
  | "Verifying Checksum"
  | "Download complete"
  | "Extracting"
  | "Pull complete"
  | "Already exists"
  | "Preparing"
  | "Pushing"
  | "Pushed"
  | "Layer already exists"
  | "Loading layer";

const DONE = /^(Pull complete|Already exists|Pushed|Layer already exists|Mounted from )/;
/** Its record has the tag as its ID. */
const PULLING = /^Pulling from /;

/** A record of the Engine as an event; undefined if it says nothing by itself, such as a result. */
export function eventOf(message: ProgressMessage, image: string | undefined): TransferEvent | undefined {
  const { id, progressDetail, status, stream } = message;
  const text = status ?? stream?.trimEnd();
  if (!text) return undefined;
  if (!id || PULLING.test(text)) return { type: "message", image, status: text, message };
  const { current, total, units } = progressDetail ?? {};
  const isCounted = units === undefined && current !== undefined;
  return {
    type: "layer",
    image,
    id,
    status: text,
    current: isCounted ? current : undefined,
    total: isCounted && total ? total : undefined,
    done: DONE.test(text) || (text === "Loading layer" && current !== undefined && current === total),
    message,
  };
}

/** The tag that a pull turns to next, if the record says so. */
export const tagIn = ({ id, status }: ProgressMessage): string | undefined =>
  PULLING.test(status ?? "") ? (id ?? undefined) : undefined;
