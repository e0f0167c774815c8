/** How the end of a body is told: by a length, by its chunks, or by the end of the connection. */
export type BodyFraming = { readonly length: number } | "chunked" | "until-close";

/** The framing that an answer's headers state. */
export function bodyFraming(header: (name: string) => string | undefined): BodyFraming {
  if (/\bchunked\b/i.test(header("transfer-encoding") ?? "")) return "chunked";
  const length = header("content-length");
  return length !== undefined && /^\d+$/.test(length) ? { length: Number(length) } : "until-close";
}

/** Whether a body is whole, so that nothing more has to be waited for. */
export function isWhole(body: Buffer, framing: BodyFraming): boolean {
  if (framing === "until-close") return false;
  if (framing === "chunked") return dechunk(body).whole;
  return body.length >= framing.length;
}

/** The content of a body, of which the end may be missing. */
export function content(body: Buffer, framing: BodyFraming): Buffer {
  if (framing === "until-close") return body;
  return framing === "chunked" ? dechunk(body).content : body.subarray(0, framing.length);
}

function dechunk(body: Buffer): { content: Buffer; whole: boolean } {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const size =
      lineEnd < 0 ? Number.NaN : Number.parseInt(body.subarray(at, lineEnd).toString("latin1"), 16);
    if (!Number.isInteger(size) || size === 0) return { content: Buffer.concat(chunks), whole: size === 0 };
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
