import { unlinkSync } from "node:fs";
import { sep } from "node:path";

/** Files being written; removed if the process exits before they are done. */
const unfinished = new Set<string | Buffer>();

/**
 * Makes something appear at a path only when complete, replacing what is there: `write` creates it next to the path under
 * a temporary name, and it is renamed at the end. A failure, or `process.exit()` meanwhile, leaves nothing behind and
 * touches nothing else.
 */
export async function writeBeside<T>(
  path: string | Buffer,
  write: (partial: string | Buffer) => Promise<T>,
): Promise<T> {
  const { rename, rm } = await import("node:fs/promises");
  const partial = pathOnDisk(besideOf(Buffer.from(path)));
  if (unfinished.size === 0) process.on("exit", removeUnfinished);
  unfinished.add(partial);
  try {
    const result = await write(partial);
    await rename(partial, path);
    return result;
  } finally {
    // Left over after a failure, or after a rename onto another link to the same file, which does nothing.
    await rm(partial, { force: true });
    unfinished.delete(partial);
    if (unfinished.size === 0) process.off("exit", removeUnfinished);
  }
}

/** A path in the form that every runtime takes: text, unless its bytes are not UTF-8, which only Node takes everywhere. */
export function pathOnDisk(path: Buffer): string | Buffer {
  const text = path.toString("utf8");
  return Buffer.from(text).equals(path) ? text : path;
}

/** Not derived from the final name, which may already have the maximum length. */
function besideOf(path: Buffer): Buffer {
  const folder = path.subarray(0, path.lastIndexOf(sep) + 1);
  return Buffer.concat([
    folder,
    Buffer.from(`.docker-${process.getBuiltinModule("node:crypto").randomBytes(8).toString("hex")}.partial`),
  ]);
}

function removeUnfinished(): void {
  for (const partial of unfinished) {
    try {
      unlinkSync(partial);
    } catch {
      // Not created yet.
    }
  }
}
