import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { transformFile } from "@swc/core";
import { temporaryFolder } from "./temporary-folder.js";

const root = process.cwd();

/**
 * Strips the types of `src/`, `generated/` and the folders named, for child processes to run: `src/index.ts` becomes
 * `src/index.js` in the folder given. A loader of TypeScript takes longer to start than most of them run, and more
 * memory than some of them measure.
 */
export async function compile(into: string, ...folders: readonly string[]): Promise<void> {
  await mkdir(into, { recursive: true });
  // Its `imports` lead to sources.
  const packageJson = await readFile(join(root, "package.json"), "utf8");
  await writeFile(join(into, "package.json"), packageJson.replaceAll('/*.ts"', '/*.js"'));
  await symlink(join(root, "node_modules"), join(into, "node_modules"));
  for (const folder of ["src", "generated", ...folders]) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const sources = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
    await Promise.all(sources.map(({ parentPath, name }) => strip(join(parentPath, name), into)));
  }
}

async function strip(source: string, into: string): Promise<void> {
  const { code } = await transformFile(source, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "es6" },
    swcrc: false,
  });
  const target = join(into, relative(root, source)).replace(/\.ts$/, ".js");
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

/** Compiles before the tests of a file, hands out the folder, and removes it after them. */
export function useCompiled(take: (folder: string) => void, ...folders: readonly string[]): void {
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    await compile(folder.path, ...folders);
    take(folder.path);
  });
  afterAll(() => remove());
}
