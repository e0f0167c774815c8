import { Code, GrpcError } from "../grpc/status.js";

const LENGTH = 4;
/** OpenSSH's limit. */
const LONGEST = 256 * 1024;

/** The messages of the SSH agent's protocol in a stream of bytes, each with its length, however they are cut into pieces. */
export async function* agentMessages(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = rest.length > 0 ? Buffer.concat([rest, piece]) : Buffer.from(piece);
    while (rest.length >= LENGTH) {
      const length = rest.readUInt32BE(0);
      if (length > LONGEST) {
        const problem = `a message of ${length} bytes is too long for an SSH agent`;
        throw new GrpcError(Code.INVALID_ARGUMENT, problem);
      }
      if (rest.length < LENGTH + length) break;
      yield rest.subarray(0, LENGTH + length);
      rest = rest.subarray(LENGTH + length);
    }
  }
}

/** Requests that a build may make: to list the keys, and to sign with one. Otherwise, a build could delete or lock keys. */
const ALLOWED: readonly (number | undefined)[] = [11, 13];

export const isAllowed = (request: Buffer): boolean => ALLOWED.includes(request[LENGTH]);

/** The agent's answer to a request that it refuses: a message of one byte, 5. */
export const REFUSAL = Buffer.from([0, 0, 0, 1, 5]);
