import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join, normalize, resolve, sep } from "node:path";
import { ArgumentError } from "../../errors.js";
import { type Choice, pack, tree } from "./pack.js";

/** All in a context belongs to root, as the docker CLI has it: who builds is no part of what is built. */
const ROOT = { uid: 0, gid: 0 };

/**
 * A folder as the tar that a build takes: without what .dockerignore names, but always with the Dockerfile.
 *
 * @throws {ArgumentError} there is no such folder, or no Dockerfile in it
 */
export async function buildContext(
  folder: string,
  dockerfile = "Dockerfile",
): Promise<AsyncIterable<Uint8Array>> {
  const root = resolve(folder);
  const inside = normalize(dockerfile);
  if (isAbsolute(inside) || inside.startsWith(`..${sep}`)) {
    throw new ArgumentError(
      `build: the dockerfile ${dockerfile} must be a path within the context ${folder}`,
    );
  }
  const problem = await stat(join(root, inside)).then(
    (found) => (found.isFile() ? undefined : "it is not a file"),
    (error: Error) => error.message,
  );
  if (problem !== undefined) {
    throw new ArgumentError(`build: there is no Dockerfile ${join(root, inside)}: ${problem}`);
  }
  const name = inside.split(sep).join("/");
  return pack(tree(root, "", await ignoreRules(root, name)), "build", ROOT);
}

/** What to do with each item, by the rules next to the Dockerfile or those of the context. */
async function ignoreRules(root: string, dockerfile: string): Promise<(name: string) => Choice> {
  for (const file of [`${dockerfile}.dockerignore`, ".dockerignore"]) {
    const rules = await readFile(join(root, file), "utf8").catch(absent);
    if (rules === undefined) continue;
    const { default: library } = await import("@balena/dockerignore");
    // The Engine needs these even if the rules say otherwise.
    const manager = library
      .default({ ignorecase: false })
      .add(rules)
      .add([`!${dockerfile}`, `!${file}`]);
    // Without exceptions there is nothing to be found in a folder that is ignored, however much is in it.
    const hasExceptions = /^\s*!/m.test(rules);
    const holds = (folder: string): boolean =>
      [dockerfile, file].some((path) => path.startsWith(`${folder}/`));
    return (name) => {
      if (name !== "" && !manager.ignores(name)) return "take";
      return name === "" || hasExceptions || holds(name) ? "skip" : "prune";
    };
  }
  return (name) => (name === "" ? "skip" : "take");
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") {
    throw new ArgumentError(`build: the ignore rules cannot be read: ${error.message}`, { cause: error });
  }
}
