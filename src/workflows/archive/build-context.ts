import { readFile, stat } from "node:fs/promises";
import { isAbsolute, normalize, relative, sep } from "node:path";
import { ArgumentError } from "../../errors.js";
import { type BytePath, bytePath, joinBytePaths, onDisk, realPath, textOf } from "./byte-path.js";
import { IgnoreRules } from "./ignore-rules.js";
import { type Owner, pack } from "./pack.js";
import { type Choice, tree } from "./tree.js";

/** As with the docker CLI, everything belongs to root: the builder is not part of the build. */
const ROOT: Owner = { uid: 0, gid: 0 };

/** Context of a build. */
export interface BuildContext {
  /** The folder as a tar. */
  readonly tar: AsyncGenerator<Uint8Array, void, undefined>;
  /** Path of the Dockerfile in the tar. */
  readonly dockerfile: string;
}

/**
 * Makes a build context from a folder, without what .dockerignore excludes but always with the Dockerfile.
 *
 * @throws {ArgumentError} the folder or Dockerfile does not exist, the Dockerfile is outside, or .dockerignore is invalid
 */
export async function buildContext(folder: string, dockerfile: string | undefined): Promise<BuildContext> {
  const root = await contextRoot(folder);
  const found = await findDockerfile(root, folder, dockerfile);
  const choose = await ignoreRules(root, found);
  return { tar: pack(tree(root, bytePath(""), choose), "build", ROOT), dockerfile: found.path };
}

/** The real path of a context. */
async function contextRoot(folder: string): Promise<BytePath> {
  if (folder === "") {
    throw new ArgumentError('build: the context is an empty path; name a folder, such as "."');
  }
  const unreadable = (cause: Error): never => {
    throw new ArgumentError(`build: cannot read the context ${folder}: ${cause.message}`, { cause });
  };
  const root = await realPath(folder).catch(unreadable);
  if (!(await stat(onDisk(root)).catch(unreadable)).isDirectory()) {
    throw new ArgumentError(`build: the context ${folder} is not a folder; name one, or pass a tar`);
  }
  return root;
}

interface Dockerfile {
  /** Its path in the context, with links followed. */
  readonly path: string;
  /** Its original name, which names its ignore file. */
  readonly named: string;
}

async function findDockerfile(
  root: BytePath,
  folder: string,
  given: string | undefined,
): Promise<Dockerfile> {
  const name = given || (await defaultDockerfile(root));
  const path = isAbsolute(name) ? bytePath(name) : joinBytePaths(root, bytePath(name));
  const real = await realPath(onDisk(path)).catch((cause: Error) => {
    throw new ArgumentError(`build: cannot read the Dockerfile ${textOf(path)}: ${cause.message}`, { cause });
  });
  const inside = relative(root, real) as BytePath;
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new ArgumentError(
      `build: the Dockerfile ${name} is outside the context ${folder}; name one within it, or pass a tar`,
    );
  }
  if (!(await stat(onDisk(real))).isFile()) {
    throw new ArgumentError(`build: the Dockerfile ${textOf(path)} is not a file`);
  }
  const within = textOf(inside).split(sep).join("/");
  return { path: within, named: isAbsolute(name) ? within : normalize(name).split(sep).join("/") };
}

/** The CLI accepts either name. */
async function defaultDockerfile(root: BytePath): Promise<string> {
  const exists = (name: string): Promise<boolean> =>
    stat(onDisk(joinBytePaths(root, bytePath(name)))).then(
      () => true,
      () => false,
    );
  return !(await exists("Dockerfile")) && (await exists("dockerfile")) ? "dockerfile" : "Dockerfile";
}

/** Chooses what to do with each item, by the Dockerfile's own ignore file or the context's. */
async function ignoreRules(
  root: BytePath,
  { path, named }: Dockerfile,
): Promise<(name: BytePath, isDirectory: boolean) => Choice> {
  for (const file of [`${named}.dockerignore`, ".dockerignore"]) {
    const bytes = await readFile(onDisk(joinBytePaths(root, bytePath(file)))).catch(absent);
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
