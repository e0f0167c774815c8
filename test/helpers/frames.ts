/** A frame of the Engine's multiplexed format; a number is the type as it stands in the header. */
export function frame(stream: "stdout" | "stderr" | number, payload: string | Uint8Array): Buffer {
  const type = typeof stream === "number" ? stream : stream === "stdout" ? 1 : 2;
  const bytes = Buffer.from(payload as Uint8Array);
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}
