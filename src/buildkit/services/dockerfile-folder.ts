import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "../../errors.js";
import type { Folder } from "./file-sync.js";
import type { Offered } from "./offered.js";

/** The name of a Dockerfile given as text. */
export const NAME_OF_TEXT = "Dockerfile";

/** A Dockerfile: its folder and its name there, or its text. */
export type DockerfileSource = { readonly folder: string; readonly name: string } | { readonly text: string };

/** The folder "dockerfile": the Dockerfile and its own ignore file, with links followed, and nothing else. */
export const dockerfileFolder = (dockerfile: DockerfileSource): Folder =>
  function* () {
    if ("text" in dockerfile) {
      yield offered(NAME_OF_TEXT, Buffer.from(dockerfile.text));
      return;
    }
    const { folder, name } = dockerfile;
    for (const file of [name, `${name}.dockerignore`]) {
      try {
        yield offered(file, readFileSync(join(folder, file)));
      } catch (cause) {
        if (file !== name && (cause as NodeJS.ErrnoException).code === "ENOENT") continue;
        const { message } = cause as Error;
        throw new ArgumentError(`build: cannot read ${join(folder, file)}: ${message}`, { cause });
      }
    }
  };

/**
 * The Engine keeps the files that it took, and tells them apart by size and time. The time of a Dockerfile is derived
 * from its content, so that another text of the same length is not taken for it.
 */
const offered = (path: string, content: Buffer): Offered => ({
  stat: { path, mode: 0o644, size: BigInt(content.length), modTime: timeFrom(content) },
  read: async function* () {
    yield content;
  },
});

/** Nanoseconds within the first days of 1970. */
const timeFrom = (content: Buffer): bigint =>
  createHash("sha256").update(content).digest().readBigUInt64BE() >> 16n;
