import { readdirSync, readlinkSync } from "node:fs";
import { join, posix } from "node:path";
import type { ReadPatterns } from "./offered.js";
import { isWild, partsOf } from "./reach.js";

/** As many as the Engine follows. */
const LINKS_AT_MOST = 255;

interface Link {
  readonly path: string;
  /** Its target within the folder: as in the build, the folder is the root. */
  readonly target: string;
}

/**
 * Patterns of everything needed to reach paths within a folder: the paths themselves, and links on the way with their targets. ""
 * stands for the folder itself.
 */
export function followLinks(root: string, paths: readonly string[], matcher: ReadPatterns): string[] {
  const found = new Set<string>();
  const follow = (path: string, passed: number): void => {
    const parts = partsOf(posix.normalize(`/${path}`));
    for (const [index, part] of parts.entries()) {
      const parent = parts.slice(0, index).join("/");
      const rest = parts.slice(index + 1).join("/");
      const links = isWild(part)
        ? linksIn(root, parent, part, matcher)
        : linkAt(root, posix.join(parent, part));
      for (const { path: link, target } of links) {
        found.add(link);
        if (passed < LINKS_AT_MOST) follow(`${target}/${rest}`, passed + 1);
      }
      // Nothing is below a link itself.
      if (links.length > 0 && !isWild(part)) return;
    }
    found.add(parts.join("/"));
  };
  for (const path of paths) follow(path, 0);
  return [...found];
}

/** The link at a path, if any. */
function linkAt(root: string, path: string): Link[] {
  try {
    const target = readlinkSync(join(root, path)).replaceAll("\\", "/");
    return [{ path, target: target.startsWith("/") ? target : posix.join(posix.dirname(path), target) }];
  } catch {
    // An unreadable item fails when it is taken.
    return [];
  }
}

/** The links in a folder whose names match a pattern. */
function linksIn(root: string, folder: string, pattern: string, matcher: ReadPatterns): Link[] {
  const rules = matcher([pattern]);
  try {
    return readdirSync(join(root, folder))
      .filter((name) => rules.choose(name, false) !== "take")
      .flatMap((name) => linkAt(root, posix.join(folder, name)));
  } catch {
    return [];
  }
}
