/**
 * Releases the version in package.json: builds and packs it, checks the tarball, writes what the release on GitHub shows
 * beside it into release/, and publishes the tarball with provenance, which only release.yml can. With --dry-run npm stops
 * before it contacts the registry.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { dist } from "./build/modules.js";
import { type Bill, bundledIn, completed } from "./release/bill-of-materials.js";
import { wholeDescription } from "./release/descriptions.js";
import { isDryRun, publishArguments } from "./release/publish.js";
import { homeVersion, offeredVersions, prefixOf } from "./spec/offered-versions.js";
import { generatedFolder, packageFile, workspace } from "./spec/workspace.js";

const { root } = workspace;
const output = join(root, "release");

async function main(): Promise<void> {
  const isDry = isDryRun(process.argv.slice(2));
  await rm(output, { recursive: true, force: true });
  await mkdir(output);
  await npm("run", "build");
  const tarball = await pack();
  await npm("run", "check:package");
  await writeBill();
  await writeDescriptions();
  await npm(...publishArguments(join(output, tarball), isDry));
  console.log(isDry ? "A release would publish the tarball, and show:" : "Published. The release shows:");
  for (const name of (await readdir(output)).sort()) {
    console.log(`  release/${name}, ${(await stat(join(output, name))).size} bytes`);
  }
}

/** Runs npm, with its output shown. */
async function npm(...args: string[]): Promise<void> {
  console.log(`> npm ${args.join(" ")}`);
  const child = spawn("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`npm ${args[0]} ${args[1]} failed with exit code ${code}.`);
}

/** What npm prints as JSON. */
async function json<Value>(...args: string[]): Promise<Value> {
  const { stdout } = await promisify(execFile)("npm", args, { cwd: root, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as Value;
}

/** Packs what is built. Returns the tarball's name. */
async function pack(): Promise<string> {
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", output];
  const [{ filename }] = await json<[{ filename: string }]>(...args);
  return filename;
}

async function writeBill(): Promise<void> {
  const { name } = JSON.parse(await readFile(packageFile(workspace), "utf8")) as { name: string };
  const bill = await json<Bill>("sbom", "--omit", "dev", "--sbom-format", "cyclonedx", "--package-lock-only");
  const notices = await readFile(join(dist, "THIRD-PARTY-LICENSES"), "utf8");
  await write("sbom.cdx.json", completed(bill, name, bundledIn(notices)));
}

/** Writes the corrected description of each API version, in a file that needs no other. */
async function writeDescriptions(): Promise<void> {
  const home = await homeVersion(workspace);
  for (const api of await offeredVersions(workspace)) {
    const path = join(generatedFolder(workspace), prefixOf(api, home), "openapi.json");
    await write(`openapi-v${api}.json`, await wholeDescription(path));
  }
}

const write = (name: string, value: unknown): Promise<void> =>
  writeFile(join(output, name), `${JSON.stringify(value, undefined, 2)}\n`);

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `release: ${error.message}` : error);
  process.exitCode = 1;
});
