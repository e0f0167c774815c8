import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the pipeline reads and writes; tests point it at a folder of their own. */
export interface Project {
  readonly root: string;
}

export const project: Project = { root: join(dirname(fileURLToPath(import.meta.url)), "..", "..") };

export const lockFile = (p: Project): string => join(p.root, "spec", "lock.json");
export const overlayFolder = (p: Project): string => join(p.root, "spec", "overlays");
export const upstreamFile = (p: Project, api: string): string => join(p.root, "spec", "upstream", `v${api}.yaml`);
export const generatedFolder = (p: Project): string => join(p.root, "generated");
