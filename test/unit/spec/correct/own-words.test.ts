import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { correct, loadCorrections } from "../../../../scripts/spec/correct/correct.js";
import { parseSwagger } from "../../../../scripts/spec/pull/description.js";
import { published } from "../places.js";
import { repository, smallFile, smallSwagger, smallWorkspace } from "../small-workspace.js";

/** The prose of a published description: its sentences, a line each. */
function sentences(value: unknown, prose = false): string[] {
  if (typeof value === "string") return prose ? value.split("\n").map((line) => line.trim()) : [];
  if (!value || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, child]) =>
    sentences(child, prose || /^(description|summary|examples?)$/.test(key)),
  );
}

const SHORT = 4;
const RUN = 6;
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9'-]+/g) ?? [];

/** What would show that a text was taken over: a short one whole, any run of words of a longer one. */
function traces(texts: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const words of texts.map(wordsOf)) {
    if (words.length >= SHORT && words.length < RUN) found.add(words.join(" "));
    for (let at = 0; at + RUN <= words.length; at++) found.add(words.slice(at, at + RUN).join(" "));
  }
  return found;
}

const versions = published.flatMap((document) =>
  [join(repository, "spec", "upstream"), join(repository, "..", "shared", "spec")].map((folder) => ({
    file: join(folder, `v${document.info.version}.yaml`),
    document,
  })),
);
const descriptions = [
  {
    name: "the small description",
    file: smallFile,
    least: 10,
    corrected: async () => (await correct(smallSwagger(), await loadCorrections(smallWorkspace()))).document,
  },
  // A clone has neither of these files; where one is, what is committed is held against it.
  ...versions
    .filter(({ file }) => existsSync(file))
    .map(({ file, document }) => ({
      name: relative(repository, file),
      file,
      least: 1000,
      corrected: async () => document,
    })),
];

test.each(descriptions)("takes over no sentence of $name", async ({ file, least, corrected }) => {
  const upstream = traces(sentences(parseSwagger(readFileSync(file), file)));
  expect(upstream.size).toBeGreaterThanOrEqual(least);
  const ours = traces(sentences(await corrected()));
  expect([...ours].filter((trace) => upstream.has(trace))).toEqual([]);
});
