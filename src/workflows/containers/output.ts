import { Writable } from "node:stream";
import { type Rules, rule } from "../../arguments.js";
import type { AttachStream, TextGatherer } from "../../streams/index.js";

/** Where the output of a process goes. */
export interface OutputSinks {
  /** Takes the standard output as it arrives, and is not ended; without one it is gathered as text. */
  readonly stdout?: Writable | undefined;
  /** Takes the standard error as it arrives, and is not ended; without one it is gathered as text. */
  readonly stderr?: Writable | undefined;
}

/** Checks of {@link OutputSinks}. */
export const SINK_RULES: Rules<OutputSinks> = { stdout: rule.writable, stderr: rule.writable };

/** What a process wrote, of that which no stream was given for. */
export interface OutputText {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Reads the output to its end.
 *
 * @throws {StreamError} the output broke off, or there is more of it than a text can hold and no stream takes it
 */
export async function readOutput(
  attached: AttachStream,
  { stdout, stderr }: OutputSinks,
): Promise<OutputText> {
  const gathered = { stdout: attached.gatherer("stdout"), stderr: attached.gatherer("stderr") };
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
