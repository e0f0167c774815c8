import type { Workspace } from "../workspace.js";
import { readLock } from "./lock.js";
import { newsSince } from "./moby-github.js";

/** The exit code of `check --online` when upstream has something new. */
export const NEWS = 2;

/** Asks upstream for changed descriptions and new versions, and prints them. */
export async function checkOnlineCommand(workspace: Workspace): Promise<void> {
  const lock = await readLock(workspace);
  const news = await newsSince(lock);
  if (news.length === 0) {
    console.log(`Upstream has nothing new: ${Object.keys(lock).join(", ")} are as spec/lock.json pins them`);
    return;
  }
  console.log(news.join("\n"));
  process.exitCode = NEWS;
}
