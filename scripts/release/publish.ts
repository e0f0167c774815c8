/** Whether the arguments of a release ask for a dry run. Anything unknown is refused: it may be one that is misspelled. */
export function isDryRun(args: readonly string[]): boolean {
  const unknown = args.find((argument) => argument !== "--dry-run") ?? args[1];
  if (unknown !== undefined)
    throw new Error(`Unexpected argument ${unknown}. Give none to publish, or only --dry-run.`);
  return args.length > 0;
}

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
