import { type Header, pack } from "tar-stream";
import { bytesOf } from "./streams.js";

/** An entry of a tar and its content. */
export type TarItem = Partial<Header> & { readonly name: string; readonly content?: string | Uint8Array };

/** A tar as a library writes it that is not under test: with long names, links and extended headers. */
export async function packTar(items: readonly TarItem[]): Promise<Buffer> {
  const archive = pack();
  for (const { content = "", ...header } of items) archive.entry(header, Buffer.from(content as Uint8Array));
  archive.finalize();
  return bytesOf(archive);
}
