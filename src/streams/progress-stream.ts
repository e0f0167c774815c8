import type { ProgressMessage } from "../../generated/schema.js";
import { StreamError } from "../errors.js";
import { JsonStream } from "./json-stream.js";

/**
 * The progress of a pull, push, build or load. The Engine answers 200 before it knows whether it will succeed: a
 * record with `errorDetail` is thrown as a StreamError, whether the records are iterated or `done()` is awaited.
 *
 * @example
 * await (await docker.imageLoad(tar)).done();
 */
export class ProgressStream extends JsonStream<ProgressMessage> {
  protected override parse(line: string): ProgressMessage {
    const record = super.parse(line) as ProgressMessage & { error?: string };
    const message = record?.errorDetail?.message ?? record?.error;
    if (message !== undefined)
      throw new StreamError(`${this.operation} failed: ${message}`, { cause: record });
    return record;
  }

  /** Reads to the end. @throws {StreamError} if the operation failed or the connection broke */
  async done(): Promise<void> {
    for await (const _ of this);
  }
}
