/**
 * Builds dist/: the same sources for every API version in generated/, as ES modules and as CommonJS, each with its
 * types. The sources import `generated/`; in the copy that is compiled for another version, its files lie there. Where
 * the upstream description is at hand, its sentences go into the type declarations as doc comments, so that users see
 * them in their editor.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { offeredVersions } from "./commands/versions.js";
import { correct } from "./pipeline/generate.js";
import { loadOverlays } from "./pipeline/overlay.js";
import { generatedFolder, project } from "./pipeline/project.js";
import { emitTypes } from "./pipeline/types.js";
import { loadUpstream } from "./pipeline/upstream.js";
import { homeVersion, isVersionFolder, prefixOf } from "./pipeline/versions.js";

const FORMATS = { esm: "module", cjs: "commonjs" } as const;
type Format = keyof typeof FORMATS;

const tsc = createRequire(join(project.root, "package.json")).resolve("typescript/bin/tsc");
const staging = join(project.root, ".build");
const dist = join(project.root, "dist");

interface Version {
  readonly api: string;
  /** What precedes its folders in generated/ and dist/. */
  readonly prefix: string;
  /** generated/schema.ts with upstream's sentences. */
  readonly describedTypes: string | undefined;
}

/** Compiles a copy of the sources whose package.json makes TypeScript emit the format. */
async function build({ api, prefix, describedTypes }: Version, format: Format): Promise<void> {
  const folder = join(staging, `${api}-${format}`);
  const output = join(staging, "dist", prefix, format);
  const generated = join(folder, "generated");
  await cp(join(project.root, "src"), join(folder, "src"), { recursive: true });
  const source = join(generatedFolder(project), prefix);
  for (const file of (await readdir(source)).filter((name) => !isVersionFolder(name)))
    await cp(join(source, file), join(generated, file));
  if (describedTypes) await writeFile(join(generated, "schema.ts"), describedTypes);
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
    throw new Error(`The ${format} build for API ${api} does not compile:\n${error.stdout}`);
  });
  await writeFile(join(output, "package.json"), packageJson);
}

async function describe(api: string): Promise<string | undefined> {
  const swagger = await loadUpstream(project, api, process.env.DOCKER_SPEC_SOURCE || undefined);
  if (!swagger) return undefined;
  return emitTypes(await correct(swagger, await loadOverlays(project), { prose: true }));
}

async function main(): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  const home = await homeVersion(project);
  const report: string[] = [];
  for (const api of await offeredVersions(project)) {
    const version = { api, prefix: prefixOf(api, home), describedTypes: await describe(api) };
    await Promise.all([build(version, "esm"), build(version, "cjs")]);
    report.push(
      `API ${api} ${version.describedTypes ? "with" : "without"} upstream's descriptions in its types`,
    );
  }
  await rm(dist, { recursive: true, force: true });
  await rename(join(staging, "dist"), dist);
  await rm(staging, { recursive: true, force: true });
  console.log(`Built dist/: ${report.join("; ")}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `build: ${error.message}` : error);
  process.exitCode = 1;
});
