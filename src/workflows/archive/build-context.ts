import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, normalize, relative, sep } from "node:path";
import { ArgumentError } from "../../errors.js";
import { type BytePath, bytePath, joinPath, onDisk, textOf } from "./byte-path.js";
import { IgnoreRules } from "./ignore-rules.js";
import { type Owner, pack } from "./pack.js";
import { type Choice, tree } from "./tree.js";

/** As with the docker CLI, everything belongs to root: who builds is not part of what is built. */
const ROOT: Owner = { uid: 0, gid: 0 };

/** What a build is made from. */
export interface BuildContext {
  /** The folder as a tar. */
  readonly tar: AsyncGenerator<Uint8Array, void, undefined>;
  /** Path of the Dockerfile in it. */
  readonly dockerfile: string;
}

/**
 * A folder as a build context: without what .dockerignore leaves out, but always with the Dockerfile.
 *
 * @throws {ArgumentError} there is no such folder or Dockerfile, the Dockerfile is outside, or .dockerignore cannot be used
 */
export async function buildContext(folder: string, dockerfile: string | undefined): Promise<BuildContext> {
  const root = await contextRoot(folder);
  const found = await findDockerfile(root, folder, dockerfile);
  const choose = await ignoreRules(root, found);
  return { tar: pack(tree(root, bytePath(""), choose), "build", ROOT), dockerfile: found.path };
}

/** Where a context really is. */
async function contextRoot(folder: string): Promise<BytePath> {
  if (folder === "") {
    throw new ArgumentError('build: the context is an empty path; name a folder, such as ".".');
  }
  const unreadable = (cause: Error): never => {
    throw new ArgumentError(`build: cannot read the context ${folder}: ${cause.message}`, { cause });
  };
  const root = bytePath(await realpath(folder, { encoding: "buffer" }).catch(unreadable));
  if (!(await stat(onDisk(root)).catch(unreadable)).isDirectory()) {
    throw new ArgumentError(`build: the context ${folder} is not a folder; name one, or pass a tar.`);
  }
  return root;
}

interface Dockerfile {
  /** Where it is in the context, links followed. */
  readonly path: string;
  /** What it was called, for the ignore file of its own. */
  readonly named: string;
}

async function findDockerfile(
  root: BytePath,
  folder: string,
  given: string | undefined,
): Promise<Dockerfile> {
  const name = given || (await defaultDockerfile(root));
  const path = isAbsolute(name) ? bytePath(name) : joinPath(root, bytePath(name));
  const real = await realpath(onDisk(path), { encoding: "buffer" }).catch((cause: Error) => {
    throw new ArgumentError(`build: cannot read the Dockerfile ${textOf(path)}: ${cause.message}`, { cause });
  });
  const inside = relative(root, bytePath(real)) as BytePath;
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new ArgumentError(
      `build: the Dockerfile ${name} is outside of the context ${folder}; name one within it, or pass a tar.`,
    );
  }
  if (!(await stat(real)).isFile()) {
    throw new ArgumentError(`build: the Dockerfile ${textOf(path)} is not a file.`);
  }
  const within = textOf(inside).split(sep).join("/");
  return { path: within, named: isAbsolute(name) ? within : normalize(name).split(sep).join("/") };
}

/** The CLI takes either. */
async function defaultDockerfile(root: BytePath): Promise<string> {
  const exists = (name: string): Promise<boolean> =>
    stat(onDisk(joinPath(root, bytePath(name)))).then(
      () => true,
      () => false,
    );
  return !(await exists("Dockerfile")) && (await exists("dockerfile")) ? "dockerfile" : "Dockerfile";
}

/** What to do with each item, by the rules of the Dockerfile or those of the context. */
async function ignoreRules(
  root: BytePath,
  { path, named }: Dockerfile,
): Promise<(name: BytePath, isDirectory: boolean) => Choice> {
  for (const file of [`${named}.dockerignore`, ".dockerignore"]) {
    const bytes = await readFile(onDisk(joinPath(root, bytePath(file)))).catch(absent);
    if (bytes === undefined) continue;
    const usable = <T>(use: () => T): T => {
      try {
        return use();
      } catch (cause) {
        throw new ArgumentError(`build: cannot use ${file}: ${(cause as Error).message}`, { cause });
      }
    };
    const rules = usable(() => new IgnoreRules(bytes, [path, file].map(bytePath)));
    return (name, isDirectory) => (name === "" ? "skip" : usable(() => rules.choose(name, isDirectory)));
  }
  return (name) => (name === "" ? "skip" : "take");
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") {
    throw new ArgumentError(`build: cannot read the ignore file: ${error.message}`, { cause: error });
  }
}
