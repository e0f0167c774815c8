import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { correct, generate } from "../../scripts/pipeline/generate.js";
import { lint } from "../../scripts/pipeline/lint.js";
import type { OpenApi } from "../../scripts/pipeline/openapi.js";
import { loadOverlays, readOverlay } from "../../scripts/pipeline/overlay.js";
import { SpecError } from "../../scripts/pipeline/spec-error.js";
import { parseSwagger } from "../../scripts/pipeline/upstream.js";
import { repository, smallFile, smallProject, smallSwagger, temporaryFolder } from "./small-project.js";

test("gives the same bytes for the same input, without touching what it was given", async () => {
  const project = smallProject();
  const swagger = smallSwagger();
  const overlays = await loadOverlays(project);
  const first = await generate(project, swagger, overlays);
  const second = await generate(project, swagger, overlays);
  expect([...first]).toEqual([...second]);
  expect(swagger).toEqual(smallSwagger());
  expect([...first.keys()]).toEqual(["README.md", "openapi.json", "schema.ts", "operations.ts", "client.ts"]);
  expect(first.get("client.ts")).toContain("  boxExport(name: string, ");
});

test("stops at an error that Redocly finds, naming its rule and line and where to correct it", async () => {
  const project = smallProject();
  const overlays = await loadOverlays(project);
  const dangling = `
overlay: 1.0.0
actions:
  - target: $.components.schemas.Box.properties.Parent
    description: breaks it
    x-matches: 1
    update: { $ref: "#/components/schemas/Crate" }`;
  overlays.set("z.yaml", readOverlay(dangling, "z.yaml"));
  const failure = await generate(project, smallSwagger(), overlays).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  const { message } = failure as SpecError;
  expect(message).toContain("refuses the corrected description. Correct it in spec/overlays:\n");
  expect(message).toContain("no-unresolved-refs");
  const document = await correct(smallSwagger(), overlays);
  const line =
    JSON.stringify(document, null, 2)
      .split("\n")
      .findIndex((text) => text.includes('"Parent": {')) + 1;
  expect(message).toMatch(new RegExp(`^ +${line}:`, "m"));
});

test("stops when redocly.yaml cannot be read, naming it", async () => {
  const document = { openapi: "3.1.1", info: { title: "t", version: "1" }, paths: {} } as OpenApi;
  const root = join(temporaryFolder(), "elsewhere");
  const failure = await lint({ root }, document).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  expect((failure as SpecError).message).toContain(`Redocly, under ${join(root, "redocly.yaml")}, refuses`);
});

test("links every operation to its page of the reference", async () => {
  const document = await correct(smallSwagger(), await loadOverlays(smallProject()));
  expect(document.paths?.["/boxes/json"]).toMatchObject({
    get: {
      externalDocs: {
        url: "https://docs.docker.com/reference/api/engine/version/v9.9/#tag/Box/operation/BoxList",
      },
    },
  });
});

test("keeps upstream's sentences when asked to, and corrects all the same", async () => {
  const document = await correct(smallSwagger(), await loadOverlays(smallProject()), { prose: true });
  expect(document.components?.schemas?.Box).toMatchObject({
    description: "A box with a name and perhaps a lid.",
  });
  expect(document.paths?.["/boxes/json"]).toMatchObject({ get: { "x-response-kind": "json" } });
});

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

const published = [
  { api: "1.48", committed: "openapi.json" },
  { api: "1.51", committed: join("v1.51", "openapi.json") },
].flatMap(({ api, committed }) =>
  [join(repository, "spec", "upstream"), join(repository, "..", "shared", "spec")].map((folder) => ({
    file: join(folder, `v${api}.yaml`),
    committed: join(repository, "generated", committed),
  })),
);
const descriptions = [
  {
    name: "the small description",
    file: smallFile,
    least: 10,
    corrected: async () => correct(smallSwagger(), await loadOverlays(smallProject())),
  },
  // A clone has neither of these files; where one is, what is committed is held against it.
  ...published
    .filter(({ file }) => existsSync(file))
    .map(({ file, committed }) => ({
      name: relative(repository, file),
      file,
      least: 1000,
      corrected: async () => JSON.parse(readFileSync(committed, "utf8")) as OpenApi,
    })),
];

test.each(descriptions)("takes over no sentence of $name", async ({ file, least, corrected }) => {
  const upstream = traces(sentences(parseSwagger(readFileSync(file), file)));
  expect(upstream.size).toBeGreaterThanOrEqual(least);
  const ours = traces(sentences(await corrected()));
  expect([...ours].filter((trace) => upstream.has(trace))).toEqual([]);
});
