import type { ProgressMessage } from "#generated/schema.js";
import { StreamError } from "../errors.js";
import { JsonStream } from "./json-stream.js";
import { writeJson } from "./wide-json.js";

/**
 * Progress of a pull, push, build or load. The Engine answers 200 before it knows the outcome, so iterating the records
 * and awaiting `done()` both throw a StreamError for a record with `errorDetail`.
 *
 * @example
 * await (await docker.imageLoad(tar)).done();
 */
export class ProgressStream extends JsonStream<ProgressMessage> {
  /** @internal */
  protected override accept(record: ProgressMessage & { error?: unknown }): ProgressMessage {
    // The Engine leaves out the text of an error that has none.
    const failure = record.errorDetail?.message ?? record.error ?? record.errorDetail;
    if (failure === undefined || failure === null) return record;
    const message = typeof failure === "string" ? failure : writeJson(failure);
    throw new StreamError(`${this.operation} failed: ${message || "(no message)"}`, { cause: record });
  }

  /** Reads to the end. @throws {StreamError} the operation failed, or the connection broke */
  async done(): Promise<void> {
    for await (const _ of this);
  }
}
