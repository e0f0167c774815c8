import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { useTemporaryFolder } from "../helpers/temporary-folder.js";

const root = process.cwd();
const tsx = createRequire(join(root, "package.json")).resolve("tsx");
const FILES = ["package.json", "package-lock.json", "src/config/user-agent.ts"];
let folder: string;

useTemporaryFolder((path) => {
  folder = path;
});

const read = (from: string): Promise<string[]> =>
  Promise.all(FILES.map((file) => readFile(join(from, file), "utf8")));

/** Runs the script in a copy of the files it knows. */
async function releaseVersion(change: (packageJson: string) => string): Promise<string[]> {
  for (const file of FILES) await cp(join(root, file), join(folder, file));
  const packageJson = join(folder, "package.json");
  await writeFile(packageJson, change(await readFile(packageJson, "utf8")));
  const script = join(root, "scripts", "release-version.ts");
  const command = ["--import", pathToFileURL(tsx).href, script];
  await promisify(execFile)(process.execPath, command, { cwd: folder });
  return read(folder);
}

test("all files name the version of package.json", async () => {
  expect(await releaseVersion((packageJson) => packageJson)).toEqual(await read(root));
});

test("CHANGELOG.md describes that version, under the heading that changesets writes", async () => {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  expect((await readFile(join(root, "CHANGELOG.md"), "utf8")).split("\n")).toContain(`## ${version}`);
});

test("a release gives all of them its version", async () => {
  const [, lock = "", userAgent] = await releaseVersion((packageJson) =>
    packageJson.replace(/"version": ".*"/, '"version": "7.8.9"'),
  );
  const { version, packages } = JSON.parse(lock) as {
    version: string;
    packages: Record<string, { version: string }>;
  };
  expect([version, packages[""]?.version]).toEqual(["7.8.9", "7.8.9"]);
  expect(packages["node_modules/ws"]?.version).not.toBe("7.8.9");
  expect(userAgent).toContain('packageVersion = "7.8.9"');
});
