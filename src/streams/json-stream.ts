import { chain, type Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { refuseFailure } from "./podman-failure.js";
import { RecordDecoder } from "./record-decoder.js";

/**
 * JSON values, each as soon as it is complete: an async iterable that can be consumed once. Leaving the loop closes the
 * connection, and a slow reader slows the Engine. Throws a StreamError for a record that is not JSON or longer than
 * 16 MiB, for a failure that the Engine reports in a record, and for a broken connection. `null` records are skipped.
 *
 * @example
 * for await (const event of await docker.systemEvents()) console.log(event.Type, event.Action);
 */
export class JsonStream<T> extends BodyStream<T> {
  /** @internal */
  protected decoder(): Decoder<T> {
    return chain<unknown, T>(new RecordDecoder(this.operation), {
      add: (record, emit) => {
        if (record !== null) emit(this.accept(refuseFailure(record as T, this.operation)));
      },
    });
  }

  /** @internal Inspects a record before it is emitted; a subclass may throw. */
  protected accept(record: T): T {
    return record;
  }
}
