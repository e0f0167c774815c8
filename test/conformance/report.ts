import type { Exchange } from "./exchange.js";
import type { Finding } from "./validator.js";

/** What the engine tests have to reach. */
export interface Goal {
  /** All operations of the description. */
  readonly operations: readonly string[];
  /** How many of them have to succeed on each Engine at least. */
  readonly least: number;
  /** Those that no test reaches, each with the reason. */
  readonly unreached: Readonly<Record<string, string>>;
  /** The Engines of the run. */
  readonly engines: readonly string[];
}

interface Problem {
  times: number;
  readonly example: string;
  readonly engines: Set<string>;
  readonly test: string;
}

/** Counts what the engine tests exchanged, and says what is not as it should be. */
export class Report {
  readonly #problems = new Map<string, Problem>();
  readonly #exchanges = new Map<string, number>();
  readonly #reached = new Map<string, Set<string>>();

  /** Takes an exchange and what the validator found wrong with it. */
  add({ engine, operation, status, test }: Exchange, findings: readonly Finding[]): void {
    this.#exchanges.set(engine, (this.#exchanges.get(engine) ?? 0) + 1);
    const reached = this.#reached.get(engine) ?? new Set();
    this.#reached.set(engine, reached);
    // A failure shows that an error is as described, not that the operation works.
    if (status < 400) reached.add(operation);
    for (const { problem, example } of findings) {
      const known = this.#problems.get(problem) ?? { times: 0, example, engines: new Set(), test };
      known.times++;
      known.engines.add(engine);
      this.#problems.set(problem, known);
    }
  }

  /** What contradicts the description, one text each. */
  get mismatches(): readonly string[] {
    const problems = [...this.#problems].sort(([a], [b]) => (a < b ? -1 : 1));
    return problems.map(
      ([problem, { times, example, engines, test }]) =>
        `${problem} (${times} times, ${[...engines].join(", ")})\n    such as: ${example}\n    in the test: ${test}`,
    );
  }

  /** What is wrong with the operations that were reached, and those that were not. */
  shortfalls({ operations, least, unreached, engines }: Goal): readonly string[] {
    const anywhere = new Set([...this.#reached.values()].flatMap((reached) => [...reached]));
    return [
      ...engines
        .filter((engine) => this.#count(engine) < least)
        .map((engine) => `only ${this.#count(engine)} operations succeeded on ${engine}; ${least} have to`),
      ...operations
        .filter((id) => !anywhere.has(id) && !(id in unreached))
        .map((id) => `${id} was not reached, and no reason is given`),
      ...Object.keys(unreached)
        .filter((id) => anywhere.has(id))
        .map((id) => `${id} was reached: the reason why it is not is out of date`),
      ...Object.keys(unreached)
        .filter((id) => !operations.includes(id))
        .map((id) => `${id} is not an operation, but has a reason for not being reached`),
    ];
  }

  /** What was exercised, as text. */
  summary({ operations, unreached, engines }: Goal, { all }: { readonly all: boolean }): string {
    const of = (engine: string): string =>
      `  ${engine}: ${this.#exchanges.get(engine) ?? 0} exchanges validated, ` +
      `${this.#count(engine)} of ${operations.length} operations exercised`;
    const others = [...this.#exchanges.keys()].filter((engine) => !engines.includes(engine));
    const missing = engines.map((engine) => {
      const here = operations.filter((id) => !this.#reached.get(engine)?.has(id) && !(id in unreached));
      return here.length > 0 ? `  not on ${engine}: ${here.join(", ")}` : "";
    });
    return [
      "Conformance of the Engine's answers with generated/openapi.json",
      ...[...engines, ...others].map(of),
      `  mismatches: ${this.#problems.size}`,
      ...(all ? [...missing.filter(Boolean), "  not reached:"] : []),
      ...(all ? Object.entries(unreached).map(([id, reason]) => `    ${id}: ${reason}`) : []),
    ].join("\n");
  }

  #count(engine: string): number {
    return this.#reached.get(engine)?.size ?? 0;
  }
}
