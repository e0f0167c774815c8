import { Writable } from "node:stream";
import type { AttachStream } from "../../streams/index.js";

/** Where the output of a process goes. */
export interface OutputSinks {
  /** Takes the standard output as it arrives, and is not ended; without one it is gathered as text. */
  readonly stdout?: Writable | undefined;
  /** Takes the standard error as it arrives, and is not ended; without one it is gathered as text. */
  readonly stderr?: Writable | undefined;
}

/** What a process wrote, of that which no stream was given for. */
export interface OutputText {
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads the output to its end. */
export async function readOutput(
  attached: AttachStream,
  { stdout, stderr }: OutputSinks,
): Promise<OutputText> {
  const gathered = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  await attached.pipe(stdout ?? gatherer(gathered.stdout), stderr ?? gatherer(gathered.stderr));
  const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");
  return { stdout: text(gathered.stdout), stderr: text(gathered.stderr) };
}

const gatherer = (chunks: Buffer[]): Writable =>
  new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
