import { readFile } from "node:fs/promises";

/** The text of a file, or "" if it does not exist. Any other failure to read it is thrown. */
export async function readIfPresent(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
