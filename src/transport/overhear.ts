import type { Readable } from "node:stream";

/**
 * Hears each event of a stream just before its listeners do: "data" for each piece that is read, by whatever means. A
 * regular listener would set the stream flowing. If it throws, the stream is destroyed with that error.
 */
export function overhear(stream: Readable, hear: (event: string | symbol, argument: unknown) => void): void {
  overheard.add(stream);
  const { emit } = stream;
  stream.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    try {
      hear(event, args[0]);
    } catch (error) {
      // Thrown here, it would end the process: the reader of the stream gets it.
      stream.destroy(error as Error);
      return false;
    }
    return emit.call(stream, event, ...args);
  };
}

const overheard = new WeakSet<Readable>();

/** Whether someone overhears a stream's events, and would miss anything read from the system's socket behind it. */
export const isOverheard = (stream: Readable): boolean => overheard.has(stream);
