/** What a tar header says; a size is written in octal, and in binary if it needs more than 11 digits. */
export interface TarHeader {
  readonly name: string;
  readonly size?: number;
  /** "0" is a file, "5" a folder, "2" a link, "x" an extended header. */
  readonly type?: string;
}

const BLOCK = 512;

/** The two blocks of zeros that a tar ends with. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

export function tarHeader({ name, size = 0, type = "0" }: TarHeader): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write("14000000000\0", 136);
  header.write(type, 156);
  header.write("ustar\x0000", 257);
  header.write("        ", 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** A header and its content, padded to whole blocks. */
export function tarEntry(header: Omit<TarHeader, "size">, content: string | Buffer = ""): Buffer {
  const bytes = Buffer.from(content);
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  return Buffer.concat([tarHeader({ ...header, size: bytes.length }), bytes, padding]);
}

/** A whole tar of files by name. */
export function tarOf(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const entries = Object.entries(files).map(([name, content]) => tarEntry({ name }, content));
  return Buffer.concat([...entries, TAR_END]);
}
