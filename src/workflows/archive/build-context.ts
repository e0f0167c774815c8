import { readFile, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, normalize, relative, sep } from "node:path";
import { ArgumentError } from "../../errors.js";
import { type BytePath, bytePath, joinBytePaths, onDisk, realPath, textOf } from "./byte-path.js";
import { IgnoreRules } from "./ignore-rules.js";
import { type Owner, pack } from "./pack.js";
import { entryPieces } from "./tar-header.js";
import { type Choice, tree } from "./tree.js";

/** As with the docker CLI, everything belongs to root: whoever builds must not affect the result. */
const ROOT: Owner = { uid: 0, gid: 0 };

/** A folder to build from, and the Dockerfile for it; both can be read. */
export interface FolderContext {
  /** Path without links. */
  readonly root: BytePath;
  readonly dockerfile: Dockerfile;
  /** What to do with each item, by the ignore file. */
  readonly choose: (name: BytePath, isDirectory: boolean) => Choice;
}

/** The Dockerfile of a folder. */
export type Dockerfile =
  | { readonly text: string }
  | {
      /** Path with the name it was given by. */
      readonly path: BytePath;
      /** Its path in the context, with links followed; undefined if it is outside. */
      readonly inside: string | undefined;
    };

/** A context as a tar. */
export interface PackedContext {
  readonly tar: AsyncGenerator<Uint8Array, void, undefined>;
  /** Path of the Dockerfile in the tar. */
  readonly dockerfile: string;
}

/**
 * Finds a folder to build from, its Dockerfile and its ignore file.
 *
 * @throws {ArgumentError} the folder or Dockerfile cannot be read, or the ignore file is invalid
 */
export async function findContext(
  folder: string,
  dockerfile: string | { readonly text: string } | undefined,
): Promise<FolderContext> {
  const root = await contextRoot(folder);
  if (typeof dockerfile === "object") {
    const choose = await ignoreRules(root, [".dockerignore"], []);
    return { root, dockerfile: { text: dockerfile.text }, choose };
  }
  const found = await findDockerfile(root, dockerfile);
  const always = found.inside === undefined ? [] : [found.inside];
  const choose = await ignoreRules(root, [`${found.named}.dockerignore`, ".dockerignore"], always);
  return { root, dockerfile: found, choose };
}

/** Packs a context without what its ignore file excludes, but always with the Dockerfile. */
export async function packContext({ root, dockerfile, choose }: FolderContext): Promise<PackedContext> {
  if ("inside" in dockerfile && dockerfile.inside !== undefined) {
    return { tar: pack(tree(root, bytePath(""), choose), "build", ROOT), dockerfile: dockerfile.inside };
  }
  const name = `.dockerfile.${process.getBuiltinModule("node:crypto").randomBytes(10).toString("hex")}`;
  // The Engine drops a Dockerfile that the context's own ignore file excludes.
  const ignored = (await readIgnoreFile(root, ".dockerignore")) ?? Buffer.from(".dockerignore");
  const added = entryPieces({
    ".dockerignore": Buffer.concat([ignored, Buffer.from(`\n${name}\n`)]),
    [name]: Buffer.from(await dockerfileText(dockerfile)),
  });
  const rest = tree(root, bytePath(""), (item, isDirectory) =>
    item === ".dockerignore" ? "prune" : choose(item, isDirectory),
  );
  return { tar: withPieces(added, pack(rest, "build", ROOT)), dockerfile: name };
}

/** The text of a Dockerfile. */
export const dockerfileText = async (dockerfile: Dockerfile): Promise<string> =>
  "text" in dockerfile ? dockerfile.text : readFile(onDisk(dockerfile.path), "utf8");

/** The folder that a Dockerfile is in, and its name there. */
export const placeOf = (path: BytePath): { readonly folder: string; readonly name: string } => ({
  folder: textOf(dirname(path) as BytePath),
  name: textOf(basename(path) as BytePath),
});

async function* withPieces(
  pieces: readonly Buffer[],
  tar: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces;
  yield* tar;
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

interface FoundDockerfile extends Extract<Dockerfile, { readonly path: BytePath }> {
  /** Its path relative to the context, as it was given, which names its ignore file. */
  readonly named: string;
}

async function findDockerfile(root: BytePath, given: string | undefined): Promise<FoundDockerfile> {
  const name = given || (await defaultDockerfile(root));
  const path = isAbsolute(name) ? bytePath(name) : joinBytePaths(root, bytePath(name));
  const real = await realPath(onDisk(path)).catch((cause: Error) => {
    throw new ArgumentError(`build: cannot read the Dockerfile ${textOf(path)}: ${cause.message}`, { cause });
  });
  if (!(await stat(onDisk(real))).isFile()) {
    throw new ArgumentError(`build: the Dockerfile ${textOf(path)} is not a file`);
  }
  const way = relative(root, real) as BytePath;
  const isOutside = way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
  const inside = isOutside ? undefined : slashed(textOf(way));
  if (!isAbsolute(name)) return { path, inside, named: slashed(normalize(name)) };
  return { path, inside, named: inside ?? slashed(textOf(relative(root, path) as BytePath)) };
}

const slashed = (path: string): string => path.split(sep).join("/");

/** The CLI accepts either name. */
async function defaultDockerfile(root: BytePath): Promise<string> {
  const exists = (name: string): Promise<boolean> =>
    stat(onDisk(joinBytePaths(root, bytePath(name)))).then(
      () => true,
      () => false,
    );
  return !(await exists("Dockerfile")) && (await exists("dockerfile")) ? "dockerfile" : "Dockerfile";
}

/**
 * Chooses what to do with each item, by the first ignore file that exists.
 *
 * @param always paths that are always taken, like the ignore file
 */
async function ignoreRules(
  root: BytePath,
  files: readonly string[],
  always: readonly string[],
): Promise<FolderContext["choose"]> {
  for (const file of files) {
    const bytes = await readIgnoreFile(root, file);
    if (bytes === undefined) continue;
    const usable = <T>(use: () => T): T => {
      try {
        return use();
      } catch (cause) {
        throw new ArgumentError(`build: cannot use ${file}: ${(cause as Error).message}`, { cause });
      }
    };
    const rules = usable(() => new IgnoreRules(bytes, [...always, file].map(bytePath)));
    return (name, isDirectory) => (name === "" ? "skip" : usable(() => rules.choose(name, isDirectory)));
  }
  return (name) => (name === "" ? "skip" : "take");
}

const readIgnoreFile = (root: BytePath, file: string): Promise<Buffer | undefined> =>
  readFile(onDisk(joinBytePaths(root, bytePath(file)))).catch(absent);

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") {
    throw new ArgumentError(`build: cannot read the ignore file: ${error.message}`, { cause: error });
  }
}
