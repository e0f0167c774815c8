/**
 * Builds dist/: the same sources as ES modules and as CommonJS, each with its types. Where the upstream description
 * is at hand, its sentences go into the type declarations as doc comments, so that users see them in their editor.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { correct } from "./pipeline/generate.js";
import { loadOverlays } from "./pipeline/overlay.js";
import { project } from "./pipeline/project.js";
import { emitTypes } from "./pipeline/types.js";
import { loadUpstream } from "./pipeline/upstream.js";

const API = "1.48";
const FORMATS = { esm: "module", cjs: "commonjs" } as const;

const tsc = createRequire(join(project.root, "package.json")).resolve("typescript/bin/tsc");
const staging = join(project.root, ".build");
const dist = join(project.root, "dist");

/** Compiles a copy of the sources whose package.json makes TypeScript emit the format. */
async function build(format: keyof typeof FORMATS, describedTypes: string | undefined): Promise<void> {
  const folder = join(staging, format);
  const output = join(staging, "dist", format);
  await mkdir(folder, { recursive: true });
  for (const part of ["src", "generated"])
    await cp(join(project.root, part), join(folder, part), { recursive: true });
  if (describedTypes) await writeFile(join(folder, "generated", "schema.ts"), describedTypes);
  const packageJson = JSON.stringify({ type: FORMATS[format], sideEffects: false });
  await writeFile(join(folder, "package.json"), packageJson);
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      verbatimModuleSyntax: false,
      types: ["node"],
      rootDir: ".",
      outDir: output,
    },
    include: ["src", "generated"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch((error: { stdout?: string }) => {
    throw new Error(`The ${format} build does not compile:\n${error.stdout}`);
  });
  await writeFile(join(output, "package.json"), packageJson);
}

async function describe(): Promise<string | undefined> {
  const swagger = await loadUpstream(project, API, process.env.DOCKER_SPEC_SOURCE || undefined);
  if (!swagger) return undefined;
  return emitTypes(await correct(swagger, await loadOverlays(project), { prose: true }));
}

async function main(): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  const describedTypes = await describe();
  await Promise.all([build("esm", describedTypes), build("cjs", describedTypes)]);
  await rm(dist, { recursive: true, force: true });
  await rename(join(staging, "dist"), dist);
  await rm(staging, { recursive: true, force: true });
  console.log(`Built dist/ ${describedTypes ? "with" : "without"} upstream's descriptions in its types`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `build: ${error.message}` : error);
  process.exitCode = 1;
});
