import { chain, type Decoder } from "./body-reader.js";
import { BodyStream } from "./body-stream.js";
import { RecordDecoder } from "./record-decoder.js";

/**
 * JSON values as they arrive, each as soon as it is whole: an async iterable, to be consumed once. Leaving the loop
 * closes the connection, and a slow reader slows the Engine. A record that is not JSON or longer than 16 MiB, and a
 * connection that breaks, are a StreamError. A record `null` says nothing and is passed over.
 *
 * @example
 * for await (const event of await docker.systemEvents()) console.log(event.Type, event.Action);
 */
export class JsonStream<T> extends BodyStream<T> {
  protected decoder(): Decoder<T> {
    return chain<unknown, T>(new RecordDecoder(this.operation), {
      add: (record, emit) => {
        if (record !== null) emit(this.accept(record as T));
      },
    });
  }

  /** Looks at a record before it is handed out; a subclass may refuse it. */
  protected accept(record: T): T {
    return record;
  }
}
