import type { ResponseKind } from "../../generated/operations.js";
import { JsonStream, ProgressStream, TarStream } from "../streams/index.js";
import type { WireResponse } from "../transport/index.js";

/** How an answer of a response kind is read. */
export interface Finisher {
  /** What openapi-fetch does with the body: parse it, or hand it on as it arrives. */
  readonly parseAs: "json" | "text" | "stream";
  /** Makes the operation's data of what openapi-fetch gives. */
  readonly finish: (data: unknown, response: WireResponse, operation: string) => unknown;
}

const stream = (make: (response: WireResponse, operation: string) => unknown): Finisher => ({
  parseAs: "stream",
  finish: (_, response, operation) => make(response, operation),
});

/** One way per kind to finish an operation. */
export const finishers: Readonly<Partial<Record<ResponseKind, Finisher>>> = {
  json: { parseAs: "json", finish: (data) => data },
  text: { parseAs: "text", finish: (data) => data ?? "" },
  none: stream((response) => response.drain()),
  tar: stream(({ body }, operation) => new TarStream(body, operation)),
  "json-lines": stream(({ body }, operation) => new JsonStream(body, operation)),
  progress: stream(({ body }, operation) => new ProgressStream(body, operation)),
};
