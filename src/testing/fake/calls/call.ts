import type { Writable } from "node:stream";
import { isObject } from "../../../members.js";
import type { Engine } from "../engine.js";
import { type Filters, readFilters } from "../filters.js";
import { Refusal, unknownToFake } from "../refusal.js";

/** A call to the fake Engine. */
export interface FakeCall {
  /** The object that the path names, such as a container; empty if none. */
  readonly target: string;
  readonly query: Query;
  readonly body: unknown;
  /** Whether the client asks for a two-way connection. */
  readonly upgrade: boolean;
  /** Fires once nobody waits for the answer. */
  readonly ended: AbortSignal;
}

/** An answer of the fake Engine. */
export interface FakeAnswer {
  readonly status: number;
  /** Like a mock's; JSON may come late. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the output comes from a terminal, and so has no frames. */
  readonly raw?: boolean;
  /** Takes what the client writes to an upgraded connection. */
  readonly input?: Writable | undefined;
}

/** How the fake Engine performs an operation. */
export interface FakeOperation {
  /** The options that it honors; it refuses others. */
  readonly options?: readonly string[];
  answer(call: FakeCall, engine: Engine): FakeAnswer | Promise<FakeAnswer>;
}

/** The options of a call. */
export class Query {
  readonly #values: URLSearchParams;

  /** @throws {Refusal} an option is not among the known ones, and would be ignored */
  constructor(operation: string, values: URLSearchParams, known: readonly string[]) {
    this.#values = values;
    const unknown = [...values.keys()].find((name) => !known.includes(name) && values.get(name) !== "");
    if (unknown !== undefined) {
      throw unknownToFake(operation, `The fake Engine does not know the option ${unknown} of ${operation}`);
    }
  }

  text(name: string): string | undefined {
    return this.#values.get(name) ?? undefined;
  }

  all(name: string): readonly string[] {
    return this.#values.getAll(name);
  }

  /** Reads a boolean like Engines. */
  flag(name: string, otherwise = false): boolean {
    const text = this.#values.get(name);
    if (text === null) return otherwise;
    return !["", "0", "no", "false", "none"].includes(text.trim().toLowerCase());
  }

  /** @throws {Refusal} it is not a whole number */
  number(name: string): number | undefined {
    const text = this.#values.get(name);
    if (text === null || text === "") return undefined;
    if (!/^-?\d+$/.test(text))
      throw new Refusal(400, `invalid ${name} ${JSON.stringify(text)}: invalid syntax`);
    return Number(text);
  }

  /** Nanoseconds since 1970, for a time in seconds. @throws {Refusal} it is not a time */
  time(name: string): bigint | undefined {
    const text = this.#values.get(name);
    if (text === null || text === "") return undefined;
    const [, seconds, nanos = ""] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
    if (seconds === undefined) throw new Refusal(400, `invalid value for ${name}: ${JSON.stringify(text)}`);
    return BigInt(seconds) * 1_000_000_000n + BigInt(nanos.padEnd(9, "0"));
  }

  filters(known?: readonly string[]): Filters {
    return readFilters(this.text("filters"), known);
  }
}

/** The JSON object of a body. */
export const objectIn = (body: unknown): Readonly<Record<string, unknown>> => (isObject(body) ? body : {});

export const NOTHING: FakeAnswer = { status: 204 };
export const OK: FakeAnswer = { status: 200 };
