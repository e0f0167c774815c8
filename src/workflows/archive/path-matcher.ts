import type { PathMatcher } from "../../buildkit/index.js";
import { bytePath } from "./byte-path.js";
import { IgnoreRules } from "./ignore-rules.js";

/** The rules of an ignore file for names as text, as BuildKit uses them. @throws {Error} a pattern cannot be used */
export function pathMatcher(patterns: readonly string[]): PathMatcher {
  const rules = IgnoreRules.of(patterns.map(bytePath));
  return { choose: (path, isDirectory) => rules.choose(bytePath(path), isDirectory) };
}
