/** All values of a stream. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** All bytes of a stream, whose type may not say that it gives bytes. */
export async function bytesOf(chunks: AsyncIterable<unknown>): Promise<Buffer> {
  return Buffer.concat((await collect(chunks)) as Uint8Array[]);
}
