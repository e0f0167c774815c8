import type { Writable } from "node:stream";
import type { PrintableEvent } from "./board.js";

/** Where progress is printed: a terminal has `isTTY`, and its size. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** A way to print. */
export interface Screen {
  show(event: PrintableEvent): void;
  end(): void;
}

/** Writes, unless the stream has ended or failed: progress that nobody sees must not end the process. */
export function write(output: Output, text: string): void {
  if (output.writable !== false) output.write(text);
}
