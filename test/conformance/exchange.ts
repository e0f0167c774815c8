import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One request of the engine tests and what the Engine answered. */
export interface Exchange {
  /** The image store of the Engine, or "elsewhere" for one that was reached in another way than by its own socket. */
  readonly engine: string;
  readonly operation: string;
  readonly status: number;
  /** The answer's media type, without parameters. */
  readonly mediaType?: string | undefined;
  /** What was read of the body; left out where it is not text, such as tars and upgraded connections. */
  readonly body?: string | undefined;
  /** Whether the body was read to its end. */
  readonly whole: boolean;
  /** The test that made the call. */
  readonly test: string;
}

/** The environment variable with the folder that exchanges are written to. */
export const FOLDER = "CONFORMANCE_FOLDER";

/** Adds exchanges to a file of the folder. */
export function writeExchanges(folder: string, file: string, exchanges: readonly Exchange[]): void {
  appendFileSync(join(folder, file), exchanges.map((exchange) => `${JSON.stringify(exchange)}\n`).join(""));
}

/** All exchanges of the folder. */
export function* readExchanges(folder: string): Generator<Exchange, void, undefined> {
  for (const file of readdirSync(folder).sort()) {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    for (const line of lines) if (line) yield JSON.parse(line);
  }
}
