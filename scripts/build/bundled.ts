/** Packages that dist/ holds a part of, so that nobody has to install them. */
import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "@swc/core";
import type { Plugin } from "rollup";
import { packageFile, workspace } from "../spec/workspace.js";

/** Messages of BuildKit are written and read with it. */
const BUNDLED = "@bufbuild/protobuf";
const folder = `${join(dirname(packageFile(workspace)), "node_modules", ...BUNDLED.split("/"))}${sep}`;

/** The chunk of a module that belongs to a bundled package. */
export const bundledChunk = (id: string): string | undefined =>
  id.startsWith(folder) ? BUNDLED.split("/").at(-1) : undefined;

/** Finds the modules of bundled packages, and minifies what is left of these: nobody reads it, and everybody installs it. */
export const bundled: Plugin = {
  name: "bundled",
  resolveId(source, importer) {
    if (source === BUNDLED || source.startsWith(`${BUNDLED}/`))
      return fileURLToPath(import.meta.resolve(source));
    return importer?.startsWith(folder) && source.startsWith(".") ? join(dirname(importer), source) : null;
  },
  async load(id) {
    return id.startsWith(folder) ? { code: await readFile(id, "utf8"), map: { mappings: "" } } : null;
  },
  async renderChunk(code, { moduleIds }) {
    if (!moduleIds.some((id) => id.startsWith(folder))) return null;
    const { code: small } = await minify(code, { module: true, format: { comments: false } });
    return { code: small, map: { mappings: "" } };
  },
};
