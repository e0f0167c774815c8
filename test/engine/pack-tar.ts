import { packTar as packItems } from "../helpers/pack-tar.js";

/** A tar of files that can be executed, by name. */
export const packTar = (files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> =>
  packItems(Object.entries(files).map(([name, content]) => ({ name, mode: 0o755, content })));
