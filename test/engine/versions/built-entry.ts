import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = process.cwd();

/** An entry of the package as it is published: by its name, through its exports. Built first if the sources are newer. */
export function builtEntry<Module>(version: string): Module {
  const sources = Math.max(newest("src"), newest("generated"), newest("scripts/build"));
  if (newest("dist") < sources) {
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    execFileSync(process.execPath, [tsx, "scripts/build.ts"], { cwd: root });
  }
  return createRequire(join(root, "package.json"))(`docker-engine-sdk/${version}`) as Module;
}

/** When a file of a folder was last written; 0 if there is no such folder. */
function newest(folder: string): number {
  try {
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
    return Math.max(
      ...files
        .filter((file) => file.isFile())
        .map((file) => statSync(join(file.parentPath, file.name)).mtimeMs),
    );
  } catch {
    return 0;
  }
}
