import { isSecretHeader } from "../secrets.js";
import type { EngineResponse, Watch } from "../transport/index.js";
import { MaskedJson } from "./masked-json.js";
import { MaskedValues, maskedText } from "./masked-values.js";
import { writeBytes } from "./recorded-bytes.js";
import type { RecordedEvent, RecordedRequest } from "./recording-lines.js";

type Event = RecordedEvent & { masked?: true };

/** A line that is written once those before it have been. */
interface Queued {
  readonly at: number;
  event: Event | undefined;
}

/** A request, with its body if that is not a stream. */
export interface MaskedRequest {
  readonly head: RecordedRequest;
  readonly body: Buffer | undefined;
  /** Whether its URL or a header is masked. */
  readonly isMasked: boolean;
}

/** Masks the bytes of one direction. */
class Direction {
  readonly json: MaskedJson | undefined;
  readonly values: MaskedValues;

  constructor(type: string | null | undefined, forms: readonly Buffer[], isSettings = false) {
    this.json = /\bjson\b/i.test(type ?? "") ? new MaskedJson({ isSettings }) : undefined;
    this.values = new MaskedValues(forms);
  }

  add(bytes: Buffer, pass: (masked: Buffer) => void): void {
    this.values.add(this.json?.mask(bytes) ?? bytes, pass);
  }

  get hasMasked(): boolean {
    return this.values.hasMasked || this.json?.hasMasked === true;
  }
}

/** Records one exchange as it happens. */
export class RecordedExchange implements Watch {
  readonly #forms: readonly Buffer[];
  readonly #write: (event: Event, at: number) => void;
  readonly #done: () => void;
  readonly #queue: Queued[] = [];
  #sending: Direction;
  #receiving: Direction;
  /** Whether `sent` repeats what the request's line already has. */
  #hasBody: boolean;
  #isOver = false;

  constructor(
    { head, body, isMasked }: MaskedRequest,
    forms: readonly Buffer[],
    write: (event: Event, at: number) => void,
    done: () => void,
  ) {
    this.#forms = forms;
    this.#write = write;
    this.#done = done;
    const type = Object.entries(head.headers).find(([name]) => /^content-type$/i.test(name))?.[1];
    this.#sending = new Direction(String(type), forms, head.operation === "PluginSet");
    this.#receiving = new Direction(null, forms);
    this.#hasBody = body !== undefined;
    const direction = this.#sending;
    const isStar = (): boolean => isMasked || direction.hasMasked;
    if (!body) this.#add(event({ request: head }, isMasked));
    else {
      direction.add(body, (masked) =>
        this.#add(event({ request: { ...head, body: writeBytes(masked) } }, isStar())),
      );
      direction.values.end();
    }
  }

  sent(piece: Buffer): void {
    if (this.#hasBody) this.#hasBody = false;
    else this.#piece(this.#sending, piece, (sent) => ({ sent }));
  }

  sentAll(): void {
    this.#sending.values.end();
    this.#add({ over: "sending" });
  }

  answered(response: EngineResponse): void {
    this.#sending.values.end();
    const { status, upgraded, headers: read } = response;
    const headers = [...response.allHeaders].flatMap(([name, value]) => [
      name,
      isSecretHeader(name) ? "***" : value,
    ]);
    // Bytes written to an upgraded connection are not the request's body.
    if (upgraded) this.#sending = new Direction(null, this.#forms);
    this.#receiving = new Direction(read.get("content-type"), this.#forms);
    this.#add({ response: { status, headers, ...(upgraded ? { upgraded } : {}) } });
  }

  received(piece: Buffer): void {
    this.#piece(this.#receiving, piece, (received) => ({ received }));
  }

  ended(): void {
    this.#over({ over: "ended" });
  }

  left(): void {
    this.#over({ over: "left" });
  }

  failed(error: Error & { code?: string }): void {
    const cause = error.cause as Partial<Error & { code: string }> | undefined;
    const { code = "", message } = error;
    this.#over({
      failed: {
        code,
        message: maskedText(message, this.#forms),
        ...(cause?.message !== undefined
          ? { cause: { code: cause.code, message: maskedText(cause.message, this.#forms) } }
          : {}),
      },
    });
  }

  #over(event: Event): void {
    if (this.#isOver) return;
    this.#sending.values.end();
    this.#receiving.values.end();
    this.#add(event);
    this.#isOver = true;
    this.#done();
  }

  #piece(
    direction: Direction,
    piece: Buffer,
    as: (bytes: ReturnType<typeof writeBytes>) => RecordedEvent,
  ): void {
    const queued: Queued = { at: performance.now(), event: undefined };
    if (this.#isOver) return;
    this.#queue.push(queued);
    direction.add(piece, (masked) => {
      queued.event = event(as(writeBytes(masked)), !masked.equals(piece));
      this.#flush();
    });
  }

  #add(event: Event): void {
    if (this.#isOver) return;
    this.#queue.push({ at: performance.now(), event });
    this.#flush();
  }

  /** A piece that may end within a secret holds up the lines after it. */
  #flush(): void {
    for (let [next] = this.#queue; next?.event; [next] = this.#queue) {
      this.#write(next.event, next.at);
      this.#queue.shift();
    }
  }
}

const event = (recorded: RecordedEvent, isMasked: boolean): Event =>
  isMasked ? { ...recorded, masked: true } : recorded;
