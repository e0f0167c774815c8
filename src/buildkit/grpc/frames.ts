import { Code, GrpcError } from "./status.js";

const HEADER = 5;
/** As long as the Engine's own limit. */
const LONGEST_MESSAGE = 16 * 1024 * 1024;

/** A message as gRPC frames it: a byte that says it is not compressed, its length, and its bytes. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(HEADER + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, HEADER);
  return framed;
}

/** The messages in a stream of bytes. @throws {GrpcError} a message is too long, compressed or cut off */
export async function* readFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let held: Buffer[] = [];
  let length = 0;
  const take = (count: number): Buffer => {
    const [first = Buffer.alloc(0)] = held;
    const all = held.length > 1 ? Buffer.concat(held, length) : first;
    held = all.length > count ? [all.subarray(count)] : [];
    length -= count;
    return all.subarray(0, count);
  };
  let wanted = HEADER;
  let isHeader = true;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    while (length >= wanted) {
      const bytes = take(wanted);
      if (!isHeader) yield bytes;
      wanted = isHeader ? messageLength(bytes) : HEADER;
      isHeader = !isHeader;
    }
  }
  if (length > 0 || !isHeader)
    throw new GrpcError(Code.INTERNAL, "the call ended in the middle of a message");
}

function messageLength(header: Buffer): number {
  if (header[0] !== 0) throw new GrpcError(Code.UNIMPLEMENTED, "compressed messages are not supported");
  const length = header.readUInt32BE(1);
  if (length > LONGEST_MESSAGE) {
    throw new GrpcError(
      Code.RESOURCE_EXHAUSTED,
      `a message of ${length} bytes is longer than ${LONGEST_MESSAGE}`,
    );
  }
  return length;
}
