import { Writable } from "node:stream";
import { type Rules, rule } from "../../arguments.js";
import { type AttachStream, TextGatherer } from "../../streams/index.js";

/** Where the output of a process goes. */
export interface OutputSinks {
  /** Receives the standard output as it arrives, and is not ended; without it, the result has the text. */
  readonly stdout?: Writable | undefined;
  /** Receives the standard error as it arrives, and is not ended; without it, the result has the text. */
  readonly stderr?: Writable | undefined;
}

/** Checks of {@link OutputSinks}. */
export const SINK_RULES: Rules<OutputSinks> = { stdout: rule.writable, stderr: rule.writable };

/** Output as text; empty if it went to a stream. */
export interface OutputText {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Reads the output to its end.
 *
 * @throws {StreamError} the output was cut off, or is longer than a string can be and no stream receives it
 */
export async function readOutput(
  attached: AttachStream,
  { stdout, stderr }: OutputSinks,
  workflow: string,
): Promise<OutputText> {
  const gathered = {
    stdout: new TextGatherer(workflow, "stdout"),
    stderr: new TextGatherer(workflow, "stderr"),
  };
  await attached.pipe(stdout ?? writableOf(gathered.stdout), stderr ?? writableOf(gathered.stderr));
  return { stdout: gathered.stdout.text(), stderr: gathered.stderr.text() };
}

const writableOf = (gatherer: TextGatherer): Writable =>
  new Writable({
    write: (chunk: Buffer, _, done) => {
      try {
        gatherer.add(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
