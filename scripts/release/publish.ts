/**
 * The arguments with which npm publishes a tarball. A dry run is offline: npm would ask the registry for the versions that
 * are there, although it publishes none.
 */
export const publishArguments = (tarball: string, isDry: boolean): string[] => [
  "publish",
  tarball,
  "--access",
  "public",
  ...(isDry ? ["--dry-run", "--offline"] : ["--provenance"]),
];
