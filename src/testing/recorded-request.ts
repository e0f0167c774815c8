import { isDeepStrictEqual } from "node:util";
import { redactUrl } from "../secrets.js";
import { parseJson } from "../streams/index.js";
import type { InProcessRequest } from "../transport/index.js";
import { bodyDifference } from "./expected-body.js";
import { shownUrl } from "./expected-call.js";
import { MaskedJson } from "./masked-json.js";
import { type MockedCall, methodOf, readCall } from "./mocked-call.js";
import type { Exchange } from "./read-recording.js";
import { readBytes } from "./recorded-bytes.js";

/** Parameters that a client makes up for each build. */
const VOLATILE = ["session", "buildid"];

/** A request to look up in a recording, with its secrets masked like the recording's. */
export class AskedRequest {
  readonly call: MockedCall;
  readonly #body: Buffer | undefined;

  constructor(request: InProcessRequest) {
    const body = request.body && Buffer.from(request.body);
    const isJson = isJsonBody(request.headers);
    const masked = isJson ? body && maskerOf(request.operation).mask(body) : body;
    this.#body = masked;
    this.call = readCall({ ...request, url: redactUrl(request.url), body: masked });
  }

  /** How it differs from a recorded one; empty if it does not. Bodies other than JSON are compared only if `binary`. */
  differences(exchange: Exchange, binary: boolean): string[] {
    const recorded = recordedCall(exchange);
    const { call } = this;
    if (call.operation !== recorded.call.operation) return [`${call.operation} was called`];
    const found: string[] = [];
    if (!isSame(call.path, recorded.call.path, exchange)) {
      found.push(`the path is ${call.path}, not ${recorded.call.path}`);
    }
    for (const name of new Set([...call.query.keys(), ...recorded.call.query.keys()])) {
      if (VOLATILE.includes(name)) continue;
      const [seen, wanted] = [call.query.getAll(name), recorded.call.query.getAll(name)];
      if (isSame(seen.join("\n"), wanted.join("\n"), exchange)) continue;
      found.push(`${name} is ${shownValues(seen)}, not ${shownValues(wanted)}`);
    }
    const difference = this.#bodyDifference(recorded, exchange, binary);
    return difference === undefined ? found : [...found, difference];
  }

  #bodyDifference(recorded: Recorded, exchange: Exchange, binary: boolean): string | undefined {
    const [seen, wanted] = [this.#body, recorded.body];
    if (recorded.isJson) {
      if (seen && wanted && isSame(seen.toString("latin1"), wanted.toString("latin1"), exchange))
        return undefined;
      if (isDeepStrictEqual(this.call.body, recorded.call.body)) return undefined;
      const missing = bodyDifference(this.call.body, recorded.call.body);
      // Its message says "is what was recorded, not what was asked" the other way round.
      return missing ?? turned(bodyDifference(recorded.call.body, this.call.body));
    }
    if (!binary) return undefined;
    return isDeepStrictEqual(seen, wanted) ? undefined : bodyDifference(seen, wanted ?? Buffer.alloc(0));
  }
}

interface Recorded {
  readonly call: MockedCall;
  readonly body: Buffer | undefined;
  readonly isJson: boolean;
}

const read = new WeakMap<Exchange, Recorded>();

/** The call that was recorded as an exchange. A body that was a stream is not read. */
export function recordedCall(exchange: Exchange): Recorded {
  const known = read.get(exchange);
  if (known) return known;
  const { operation, method, url, headers, body: bytes } = exchange.request;
  const body = bytes === undefined ? undefined : readBytes(bytes);
  const plain = headers as InProcessRequest["headers"];
  const recorded = {
    call: readCall({ operation, method, url, headers: plain, body }),
    body,
    isJson: isJsonBody(plain),
  };
  read.set(exchange, recorded);
  return recorded;
}

/** Names an exchange in a message. */
export function shownExchange({ request }: Exchange): string {
  const { path, query } = readCall({ ...request, headers: {}, body: undefined });
  return `${request.method} ${shownUrl(path, query)} (${methodOf(request.operation)})`;
}

const isJsonBody = (headers: InProcessRequest["headers"]): boolean =>
  Object.entries(headers).some(
    ([name, value]) => /^content-type$/i.test(name) && String(value) === "application/json",
  );

const maskerOf = (operation: string) => new MaskedJson({ isSettings: operation === "PluginSet" });

/** Whether texts are the same; "*" in a masked one stands for any byte. */
function isSame(seen: string, recorded: string, { isMasked }: Exchange): boolean {
  if (seen === recorded) return true;
  if (!isMasked || seen.length !== recorded.length) return false;
  return [...recorded].every((character, at) => character === "*" || character === seen[at]);
}

const shownValues = (values: readonly string[]): string =>
  values.length > 0 ? values.join(", ") : "not given";

/** For a member that was sent but not recorded. */
const turned = (difference: string | undefined): string =>
  (difference ?? "body differs").replace(
    /^(.*) is not given, not (.*)$/s,
    "$1 is $2, which was not recorded",
  );

/** A recorded JSON body. */
export const parsed = (bytes: Buffer): unknown => parseJson(bytes.toString());
