import { execFile } from "node:child_process";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const root = process.cwd();
const run = promisify(execFile);

/** Installs the package in a folder, from the tarball that npm would publish, and others beside it. */
export async function installPackage(folder: string, others: readonly string[] = []): Promise<void> {
  if (!(await isBuilt())) await run("npm", ["run", "-s", "build"], { cwd: root });
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await run("npm", pack, { cwd: root });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`, ...others];
  await run("npm", install, { cwd: folder });
}

/** Whether dist/ is newer than what it is built from. */
async function isBuilt(): Promise<boolean> {
  const built = await stat(join(root, "dist")).catch(() => undefined);
  if (!built) return false;
  const sources = ["package.json", "tsconfig.json", "scripts/build.ts"].map((file) => join(root, file));
  for (const folder of ["src", "generated", "scripts/build"]) {
    const entries = await readdir(join(root, folder), { recursive: true });
    sources.push(...entries.map((entry) => join(root, folder, entry)));
  }
  const times = await Promise.all(sources.map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(...times) < built.mtimeMs;
}
