/** How much of a step's output its error shows. */
const KEPT = 64 * 1024;

/** The output of a step: decodes it, and keeps the end of it. */
export class StepOutput {
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** The text of a piece; a character cut in two comes with the next piece. */
  add(stream: "stdout" | "stderr", piece: Uint8Array): string {
    this.#pieces.push(piece);
    this.#length += piece.length;
    // Only now and then: doing it for each piece would take longer and longer.
    if (this.#length > 2 * KEPT) this.#pieces = [this.#end()];
    return this.#decoders[stream].decode(piece, { stream: true });
  }

  /** The last 64 KiB. */
  last(): string {
    return new TextDecoder().decode(this.#end());
  }

  #end(): Buffer {
    const end = Buffer.from(Buffer.concat(this.#pieces).subarray(-KEPT));
    this.#length = end.length;
    return end;
  }
}
