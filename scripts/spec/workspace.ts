import { join } from "node:path";

/** Where the pipeline reads and writes; tests use another folder. */
export interface Workspace {
  readonly root: string;
}

/** This repository: npm runs its scripts in the folder of package.json. */
export const workspace: Workspace = { root: process.cwd() };

export const lockFile = ({ root }: Workspace): string => join(root, "spec", "lock.json");
export const overlayFolder = ({ root }: Workspace): string => join(root, "spec", "overlays");
export const requiredFile = ({ root }: Workspace): string => join(root, "spec", "required.yaml");
export const namesFile = ({ root }: Workspace): string => join(root, "spec", "names.yaml");
export const severityFile = ({ root }: Workspace): string => join(root, "spec", "severity.yaml");
export const notesFile = ({ root }: Workspace): string => join(root, "spec", "versions.yaml");
export const versionsPage = ({ root }: Workspace): string => join(root, "docs", "versions.md");
export const docsFolder = ({ root }: Workspace): string => join(root, "spec", "docs");
export const upstreamFile = ({ root }: Workspace, api: string): string =>
  join(root, "spec", "upstream", `v${api}.yaml`);
export const evidenceFile = ({ root }: Workspace): string => join(root, "spec", "evidence.jsonl");
export const protoFolder = ({ root }: Workspace): string => join(root, "spec", "buildkit");
export const generatedFolder = ({ root }: Workspace): string => join(root, "generated");
export const packageFile = ({ root }: Workspace): string => join(root, "package.json");
