import { join } from "node:path";
import ts from "typescript";

const root = process.cwd();

/**
 * What the compiler objects to in files that need not exist, under the project's settings. One program for all of them:
 * most of the time goes by reading the sources they import.
 *
 * @param files The text of each file by its path from the root; of undefined, what is on the disk.
 * @returns One line for each problem, by the path.
 */
export function problemsIn(
  files: ReadonlyMap<string, string | undefined>,
): ReadonlyMap<string, readonly string[]> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  const names = new Map([...files].map(([path, text]) => [join(root, path), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => names.has(name) || fileExists(name);
  host.readFile = (name) => names.get(name) ?? readFile(name);
  const program = ts.createProgram([...names.keys()], options, host);
  return new Map(
    [...files.keys()].map((path) => {
      const source = program.getSourceFile(join(root, path));
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [path, found.map(told)];
    }),
  );
}

function told({ file, start = 0, code, messageText }: ts.Diagnostic): string {
  const line = file?.text.slice(start).split("\n", 1)[0] ?? "";
  return `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, " ")} At: ${line.slice(0, 120)}`;
}
