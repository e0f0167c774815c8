import { symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import ts from "typescript";

/**
 * Compiles a program of the tests, with all that it imports, into a folder, and gives the path of what can be run: for
 * memory to be measured without that of a loader, which is larger.
 */
export async function compiled(file: string, folder: string): Promise<string> {
  const root = process.cwd();
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    rootDir: root,
    outDir: folder,
    noCheck: true,
    types: ["node"],
  });
  program.emit();
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return join(folder, relative(root, file)).replace(/\.ts$/, ".js");
}
