import { packTar } from "../helpers/pack-tar.js";

/** A tar of executable files, by name. */
export const tarOfFiles = (files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> =>
  packTar(Object.entries(files).map(([name, content]) => ({ name, mode: 0o755, content })));
