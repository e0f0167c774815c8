import { sleep } from "../../abort.js";
import { EmptyArchiveError } from "../../streams/index.js";

/** Podman 5 sends an empty answer while it cleans up after a container that has just exited. */
const DELAYS_MS = [50, 100, 200, 400, 800, 1600];

/** Reads an archive again while the Engine answers with an empty one. */
export async function whileEmpty<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const delay of DELAYS_MS) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof EmptyArchiveError)) throw error;
      await sleep(delay, signal);
    }
  }
  return read();
}
