import { join } from "node:path";

/** Where the pipeline reads and writes; tests point it at a folder of their own. */
export interface Project {
  readonly root: string;
}

/** This repository: npm runs its scripts in the folder of package.json. */
export const project: Project = { root: process.cwd() };

export const lockFile = (p: Project): string => join(p.root, "spec", "lock.json");
export const overlayFolder = (p: Project): string => join(p.root, "spec", "overlays");
export const upstreamFile = (p: Project, api: string): string =>
  join(p.root, "spec", "upstream", `v${api}.yaml`);
export const generatedFolder = (p: Project): string => join(p.root, "generated");
