import { mkdir, stat } from "node:fs/promises";
import { describe } from "../../arguments.js";
import type { BuildKitOutput } from "../../buildkit/index.js";
import { ArgumentError } from "../../errors.js";
import { bytePath, realPath } from "../archive/byte-path.js";
import { unpack } from "../archive/unpack.js";
import type { BuildOutput } from "./build-options.js";
import { isText, isWritable, knownMembers, valuesOf } from "./build-rules.js";

const TYPES = ["image", "local", "tar", "oci", "docker"];
/** Kinds of output whose result is an image, which has names. */
const IMAGES = ["image", "oci", "docker"];

/**
 * The output in the form that BuildKit expects.
 *
 * @param tags names of the image
 * @throws {ArgumentError} it is invalid, or its destination cannot be used
 */
export async function checkOutput(
  output: BuildOutput | undefined,
  tags: readonly string[],
): Promise<BuildKitOutput | undefined> {
  if (output === undefined) return undefined;
  const fail = (problem: string): never => {
    throw new ArgumentError(`build: the option outputs ${problem}`);
  };
  const { type, dest, push, attrs } = knownMembers(output, ["type", "dest", "push", "attrs"], fail);
  if (!isType(type)) return fail(`must have a type of ${TYPES.join(", ")}, not ${describe(type)}`);
  if (type !== "image" && push !== undefined) fail(`may have push only with type: "image"`);
  if (push !== undefined && typeof push !== "boolean") fail(`must have true or false as push`);
  if (type === "image" && dest !== undefined) fail(`may not have a dest with type: "image"`);
  const given = valuesOf(attrs as Record<string, string>, "outputs.attrs", "a string", isText);
  const attributes = { ...given, ...nameOf(type, given, tags) };
  if (type === "image") return imageOutput(push ? { ...attributes, push: "true" } : attributes, tags);
  if (type === "local") {
    if (!isText(dest) || dest === "") return fail("must have a folder as dest");
    const folder = await outputFolder(dest as string);
    return { type: "tar", attrs: attributes, to: { unpack: (tar) => unpackInto(folder, tar) } };
  }
  if (isWritable(dest)) return { type, attrs: attributes, to: { stream: dest as never } };
  if (!isText(dest) || dest === "") fail("must have a file or a Writable as dest");
  return { type, attrs: attributes, to: { file: dest as string } };
}

const isType = (type: unknown): type is string => TYPES.includes(type as string);

/** The Engine adds the names to an image that it keeps, but not to one that it sends. */
function nameOf(
  type: string,
  { name }: Readonly<Record<string, string>>,
  tags: readonly string[],
): { readonly name?: string } {
  if (tags.length === 0) return {};
  if (!IMAGES.includes(type)) {
    throw new ArgumentError(
      `build: an output of type ${JSON.stringify(type)} has no name; remove tags, or use type "image", "oci" or "docker"`,
    );
  }
  return type === "image" || name !== undefined ? {} : { name: tags.join(",") };
}

function imageOutput(attrs: Readonly<Record<string, string>>, tags: readonly string[]): BuildKitOutput {
  if (attrs.push === "true" && tags.length === 0 && !attrs.name) {
    throw new ArgumentError('build: push needs tags; name the image, such as tags: "registry.example/app:1"');
  }
  return { type: "image", attrs };
}

/** A folder to create, or an existing one. */
async function outputFolder(path: string): Promise<string> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw unusable(path, error.message, error);
  });
  if (stats && !stats.isDirectory()) throw unusable(path, "it is a file");
  return path;
}

const unusable = (folder: string, why: string, cause?: Error): ArgumentError =>
  new ArgumentError(`build: the folder for the output cannot be ${folder}: ${why}`, { cause });

/** Unpacks files below a folder, and nowhere else. */
async function unpackInto(folder: string, tar: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw unusable(folder, error.message, error);
  });
  await unpack(tar, { workflow: "build", folder: await realPath(folder), from: bytePath(".") });
}
