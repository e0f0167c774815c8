/**
 * Builds dist/: the same sources for every API version in generated/, as ES modules and CommonJS, with types. The sources
 * import `generated/`; a copy compiled for another version has that version's files there.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { oneHigher } from "./spec/emit/generated-folder.js";
import { homeVersion, isVersionFolder, offeredVersions, prefixOf } from "./spec/offered-versions.js";
import { generatedFolder, packageFile, workspace } from "./spec/workspace.js";

const FORMATS = { esm: "module", cjs: "commonjs" } as const;
type Format = keyof typeof FORMATS;

const tsc = createRequire(packageFile(workspace)).resolve("typescript/bin/tsc");
const staging = join(workspace.root, ".build");
const dist = join(workspace.root, "dist");

/** Compiles a copy of the sources with a package.json that makes TypeScript emit the format. */
async function build(api: string, prefix: string, format: Format): Promise<void> {
  const folder = join(staging, `${api}-${format}`);
  const output = join(staging, "dist", prefix, format);
  await cp(join(workspace.root, "src"), join(folder, "src"), { recursive: true });
  const source = join(generatedFolder(workspace), prefix);
  await mkdir(join(folder, "generated"));
  for (const file of (await readdir(source)).filter((name) => !isVersionFolder(name))) {
    const text = await readFile(join(source, file), "utf8");
    await writeFile(join(folder, "generated", file), prefix ? oneHigher(text) : text);
  }
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

async function main(): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  const home = await homeVersion(workspace);
  const versions = await offeredVersions(workspace);
  for (const api of versions) {
    const prefix = prefixOf(api, home);
    await Promise.all([build(api, prefix, "esm"), build(api, prefix, "cjs")]);
  }
  await rm(dist, { recursive: true, force: true });
  await rename(join(staging, "dist"), dist);
  await rm(staging, { recursive: true, force: true });
  console.log(`Built dist/ for API ${versions.join(", ")}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `build: ${error.message}` : error);
  process.exitCode = 1;
});
