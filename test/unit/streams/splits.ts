import fc from "fast-check";

/** Places to cut bytes at, as fast-check makes them up. */
export const places = fc.array(fc.nat(), { maxLength: 20 });

/** Cuts bytes at the given places. */
export function split(bytes: Buffer, at: readonly number[]): Buffer[] {
  const cuts = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
}

/** Any bytes in any pieces. */
export const anyBytes = fc
  .array(fc.uint8Array({ maxLength: 100 }))
  .map((chunks) => chunks.map((chunk) => Buffer.from(chunk)));

/** The same for JSON: bytes that look like it more often than chance would have it. */
export const almostJson = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "{",
        "}",
        '"',
        "\n",
        "\r\n",
        "[",
        "]",
        ":",
        ",",
        "1",
        "\x1e",
        "é",
        "\\",
        "12345678901234567890",
        "null",
      ),
      fc.uint8Array({ maxLength: 4 }),
    ),
  )
  .map((pieces) => pieces.map((piece) => Buffer.from(piece as string)));
