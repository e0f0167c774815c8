import { randomBytes } from "node:crypto";
import { unlinkSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { sep } from "node:path";

/** What is being written; removed when the process exits before it is done. */
const unfinished = new Set<Buffer>();

/**
 * Has something appear at a path only when it is whole, in place of what is there: `write` makes it beside the path,
 * under a name of its own, and it is renamed at the end. A failure leaves nothing behind and touches nothing else, and
 * neither does `process.exit()` meanwhile.
 */
export async function writeBeside<T>(
  path: string | Buffer,
  write: (partial: Buffer) => Promise<T>,
): Promise<T> {
  const partial = besideOf(Buffer.from(path));
  if (unfinished.size === 0) process.on("exit", removeUnfinished);
  unfinished.add(partial);
  try {
    const result = await write(partial);
    await rename(partial, path);
    return result;
  } finally {
    // Left by a failure, or by a rename over another name of the same file, which does nothing.
    await rm(partial, { force: true });
    unfinished.delete(partial);
    if (unfinished.size === 0) process.off("exit", removeUnfinished);
  }
}

/** Not made of the final name, which may be as long as names can be. */
function besideOf(path: Buffer): Buffer {
  const folder = path.subarray(0, path.lastIndexOf(sep) + 1);
  return Buffer.concat([folder, Buffer.from(`.docker-${randomBytes(8).toString("hex")}.partial`)]);
}

function removeUnfinished(): void {
  for (const partial of unfinished) {
    try {
      unlinkSync(partial);
    } catch {
      // It was not made yet.
    }
  }
}
