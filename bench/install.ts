import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Packs this package as npm would publish it, and installs the tarball in a folder, with other packages beside it. Returns
 * the tarball's size in bytes.
 */
export async function install(folder: string, others: readonly string[] = []): Promise<number> {
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await run("npm", pack, { cwd: process.cwd() });
  const [{ filename, size }] = JSON.parse(stdout) as [{ filename: string; size: number }];
  await installPackages(folder, [`./${filename}`, ...others]);
  return size;
}

/** Installs packages in a folder, without running their install scripts. */
export async function installPackages(folder: string, packages: readonly string[]): Promise<void> {
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", ["install", ...options, ...packages], { cwd: folder });
}

/** Other clients, for benchmarks alone. */
export const DOCKERODE = "dockerode@5.0.1";
export const NODE_SDK = "@docker/node-sdk@0.0.17";
