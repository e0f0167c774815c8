import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { errorClasses } from "../../../scripts/errors/error-classes.js";
import { errorsPage, PAGE } from "../../../scripts/errors/page.js";
import * as sdk from "../../../src/index.js";

const root = process.cwd();
const page = readFileSync(join(root, PAGE), "utf8");

/** The first two cells of each row about a class. */
const rows = [...page.matchAll(/^\| `(\w+Error)` \| `(ERR_\w+)` \|/gm)].map(([, name = "", code = ""]) => ({
  name,
  code,
}));

const source = (text: string): ts.SourceFile =>
  ts.createSourceFile("errors.ts", text, ts.ScriptTarget.Latest, true);

test("the page says what the classes say", async () => {
  expect(page).toBe(await errorsPage(root));
});

test("the page has each class that the package exports, and no other", () => {
  const exported = Object.entries(sdk)
    .filter(([, value]) => (value as { prototype?: unknown }).prototype instanceof sdk.DockerError)
    .map(([name]) => name);
  expect(rows.map(({ name }) => name).sort()).toEqual(exported.sort());
});

test("the page has each code in the sources, and no other", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const codes = files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => readFileSync(join(root, "src", file), "utf8").match(/\bERR_DOCKER_\w+/g) ?? []);
  expect(rows.map(({ code }) => code).sort()).toEqual([...new Set(codes)].sort());
});

test("a class without words, or without what to do, is refused", () => {
  const declared = 'class AError extends DockerError { readonly code = "ERR_DOCKER_A"; }';
  for (const words of ["", "/** When. */", "/** @remarks Do it. */"]) {
    expect(() => errorClasses([source(`${words}\nexport ${declared}`)])).toThrow("AError needs TSDoc");
  }
});

test("a field has the words of its interface, and its values have theirs", () => {
  const text = `
    /** Why. */
    export type Reason =
      /** It ended. */
      | "ended"
      /** It broke. */
      | "broken";
    interface Details {
      /** When it was. */
      readonly at: number;
    }
    /**
     * It failed, see {@link Details}.
     *
     * @remarks
     * Try again.
     */
    export class AError extends BError implements Details {
      readonly code = "ERR_DOCKER_A";
      /** The reason. */
      readonly reason: Reason;
      readonly at: number;
    }
    /** No code of its own. @remarks None. */
    abstract class BError extends DockerError {}
    class Other extends Error {}`;
  expect(errorClasses([source(text)])).toEqual([
    {
      name: "AError",
      code: "ERR_DOCKER_A",
      when: "It failed, see `Details`.",
      remedy: "Try again.",
      fields: [
        {
          name: "reason",
          words: "Why.",
          values: [
            { value: '"ended"', words: "It ended." },
            { value: '"broken"', words: "It broke." },
          ],
        },
        { name: "at", words: "When it was.", values: [] },
      ],
    },
  ]);
  expect(() => errorClasses([source(text.replace("/** It broke. */", ""))])).toThrow(
    '"broken" needs a comment',
  );
  expect(() => errorClasses([source(text.replace("/** When it was. */", ""))])).toThrow(
    "AError.at needs TSDoc",
  );
});
