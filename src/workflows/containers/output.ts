import { Writable } from "node:stream";
import { type Rules, rule } from "../../arguments.js";
import { type AttachStream, TextGatherer } from "../../streams/index.js";

/** Where the output of a process goes. */
export interface OutputSinks {
  /** Receives the standard output as it arrives, and is not ended; without it, the result has the text. */
  readonly stdout?: Writable | undefined;
  /** Receives the standard error as it arrives, and is not ended; without it, the result has the text. */
  readonly stderr?: Writable | undefined;
  /**
   * Receives both in order of arrival, unless `stdout` or `stderr` does, and is not ended. Or true: the result has as
   * text, in that order, the output that no stream receives.
   */
  readonly combined?: Writable | boolean | undefined;
}

/** Checks of {@link OutputSinks}. */
export const SINK_RULES: Rules<OutputSinks> = {
  stdout: rule.writable,
  stderr: rule.writable,
  combined: {
    must: "true, false or a Writable",
    check: (value) => typeof value === "boolean" || rule.writable.check(value),
  },
};

/** Output as text; empty if it went to a stream. */
export interface OutputText {
  /** The program's output on stdout. */
  readonly stdout: string;
  /** The program's output on stderr; with a terminal, all output is in `stdout`. */
  readonly stderr: string;
  /** Both in order of arrival, with `combined: true`. */
  readonly combined?: string;
}

/**
 * Reads the output to its end.
 *
 * @throws {StreamError} the output was cut off, or is longer than a string can be and no stream receives it
 */
export async function readOutput(
  attached: AttachStream,
  { combined, stdout, stderr }: OutputSinks,
  workflow: string,
): Promise<OutputText> {
  const sink = typeof combined === "object" ? combined : undefined;
  const gathered = {
    stdout: new TextGatherer(workflow, "stdout"),
    stderr: new TextGatherer(workflow, "stderr"),
  };
  const both = combined === true ? new TextGatherer(workflow, "the output") : undefined;
  await attached.pipe(
    stdout ?? sink ?? writableOf(gathered.stdout, both),
    stderr ?? sink ?? writableOf(gathered.stderr, both),
  );
  const texts = { stdout: gathered.stdout.text(), stderr: gathered.stderr.text() };
  return both ? { ...texts, combined: both.text() } : texts;
}

/** Adds what it receives to one or two texts. */
const writableOf = (gatherer: TextGatherer, both: TextGatherer | undefined): Writable =>
  new Writable({
    write: (chunk: Buffer, _, done) => {
      try {
        gatherer.add(chunk);
        both?.add(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
