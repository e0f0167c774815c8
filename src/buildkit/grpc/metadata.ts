import type { IncomingHttpHeaders } from "node:http2";
import { Code, GrpcError } from "./status.js";

/** The headers of a call, which may be repeated: a joined list could not be told from a value with a comma. */
export class Metadata {
  readonly #headers: readonly (readonly [name: string, value: string])[];

  /** @param raw names and values in turn; in `headers`, all that some runtimes have, repeated ones are arrays or joined */
  constructor(raw: readonly string[] | undefined, headers: IncomingHttpHeaders) {
    this.#headers = raw
      ? Array.from(
          { length: raw.length / 2 },
          (_, i) => [String(raw[2 * i]), String(raw[2 * i + 1])] as const,
        )
      : Object.entries(headers).flatMap(([name, value]) =>
          [value ?? []].flat().map((one) => [name, one] as const),
        );
  }

  /** The first value of a header. */
  get(name: string): string | undefined {
    return this.#headers.find(([key]) => key === name)?.[1];
  }

  /** All values of a header, in order; decoded if the header "NAME-encoded" says that they are query-escaped. */
  all(name: string): string[] {
    const values = this.#headers.filter(([key]) => key === name).map(([, value]) => value);
    return this.get(`${name}-encoded`) === "1" ? values.map((value) => unescaped(name, value)) : values;
  }
}

function unescaped(name: string, value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    throw new GrpcError(Code.INVALID_ARGUMENT, `${name} is not UTF-8: ${value}`);
  }
}
