import { posix } from "node:path";
import { bytePath } from "../../../../src/workflows/archive/byte-path.js";
import { ignorePattern } from "../../../../src/workflows/archive/ignore-pattern.js";
import { IgnoreRules } from "../../../../src/workflows/archive/ignore-rules.js";
import { fc } from "../../../helpers/properties.js";

test("whatever the file holds, it is usable or refused with its reason", () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(
        fc.constantFrom("*", "**", "[", "]", "\\", "!", "/", "?", "a", "-", "^", "{2}", "|", "\n", "."),
        { maxLength: 30 },
      ),
      fc.string({ maxLength: 20 }),
      (bytes, pieces, path) => {
        const file = Buffer.concat([Buffer.from(pieces.join("")), Buffer.from("\n"), bytes]);
        try {
          expect(["take", "skip", "prune"]).toContain(
            new IgnoreRules(file, []).choose(bytePath(path || "x"), false),
          );
        } catch (error) {
          expect((error as Error).message).toMatch(/^its (pattern|exception|line) /);
        }
      },
    ),
  ));

/** The reading of `*`, `**` and `?` in a handful of words, for patterns of nothing else. */
function plainly(pattern: string): RegExp {
  const expression = pattern
    .replace(/\*\*\/?$/, "\u0001")
    .replace(/\*\*\/?/g, "\u0002")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]")
    .replaceAll("\u0001", ".*")
    .replaceAll("\u0002", "(.*/)?");
  return new RegExp(`^${expression}$`, "s");
}

test("patterns of letters, stars and question marks match what an expression of JavaScript matches", () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "b", "/", "?", "x*"), { minLength: 1, maxLength: 5 }),
      fc.constantFrom("", "**/", "**"),
      fc.array(fc.constantFrom("a", "b", "x", "/"), { minLength: 1, maxLength: 8 }),
      (pieces, start, letters) => {
        const [pattern, path] = [pieces.join(""), letters.join("")].map((text) =>
          posix.normalize(text).replace(/^\/+|\/+$/g, ""),
        ) as [string, string];
        if (pattern === "" || path === "" || pattern === "." || path === ".") return;
        const full = `c${start}${pattern}`;
        expect([full, path, ignorePattern(bytePath(full)).matches(bytePath(`c${path}`))]).toEqual([
          ...[full, path, plainly(full).test(`c${path}`)],
        ]);
      },
    ),
  ));
