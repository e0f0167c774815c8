import { mkdir } from "node:fs/promises";
import { describe } from "../../arguments.js";
import type { BuildKitOutput } from "../../buildkit/index.js";
import { ArgumentError } from "../../errors.js";
import { readMembers } from "../../members.js";
import { bytePath, realPath } from "../archive/byte-path.js";
import { unpack } from "../archive/unpack.js";
import type { BuildOutput } from "./build-options.js";
import { isText, isWritable, valuesOf } from "./build-rules.js";

const TYPES = ["image", "local", "tar", "oci", "docker"];

/** The output as BuildKit is asked for it. @throws {ArgumentError} it is invalid */
export function checkOutput(output: BuildOutput | undefined): BuildKitOutput | undefined {
  if (output === undefined) return undefined;
  const fail = (problem: string): never => {
    throw new ArgumentError(`build: the option outputs ${problem}`);
  };
  const { type, dest, push, attrs, ...others } = readMembers(output, ["type", "dest", "push", "attrs"], fail);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    fail(`has an unknown member ${describe(unknown)}. Known members: type, dest, push, attrs`);
  }
  if (!TYPES.includes(type as string)) fail(`must have a type of ${TYPES.join(", ")}, not ${describe(type)}`);
  if (type !== "image" && push !== undefined) fail(`may have push only with type: "image"`);
  if (push !== undefined && typeof push !== "boolean") fail(`must have true or false as push`);
  if (type === "image" && dest !== undefined) fail(`may not have a dest with type: "image"`);
  const attributes = valuesOf(attrs as Record<string, string>, "outputs.attrs", "a string", isText);
  if (type === "image") return { type, attrs: push ? { ...attributes, push: "true" } : attributes };
  if (type === "local") {
    if (!isText(dest) || dest === "") fail("must have a folder as dest");
    return { type: "tar", attrs: attributes, to: { unpack: (tar) => unpackInto(dest as string, tar) } };
  }
  if (isWritable(dest)) return { type: type as string, attrs: attributes, to: { stream: dest as never } };
  if (!isText(dest) || dest === "") fail("must have a file or a Writable as dest");
  return { type: type as string, attrs: attributes, to: { file: dest as string } };
}

/** Unpacks files below a folder, and nowhere else. */
async function unpackInto(folder: string, tar: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await unpack(tar, { workflow: "build", folder: await realPath(folder), from: bytePath(".") });
}
