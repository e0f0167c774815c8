import { Command } from "commander";
import { diffCommand } from "./diff/diff.js";
import { checkCommand } from "./emit/check.js";
import { type GenerateArguments, generateCommand } from "./emit/generate.js";
import { checkOnlineCommand } from "./pull/check-online.js";
import { newestLocked } from "./pull/lock.js";
import { type PullArguments, pullCommand } from "./pull/pull.js";
import { SpecError } from "./spec-error.js";
import { type UpstreamPatchArguments, upstreamPatchCommand } from "./upstream/upstream-patch.js";
import type { Workspace } from "./workspace.js";

/**
 * Runs one command of `npm run spec` and sets the exit code of the process.
 *
 * @param args What follows `npm run spec --`.
 * @param source Default source of descriptions: a file, folder or URL.
 */
export async function runCommandLine(
  workspace: Workspace,
  args: readonly string[],
  source: string | undefined,
): Promise<void> {
  const program = new Command("spec").description(
    "Turns the published Docker Engine API descriptions into generated/",
  );

  program
    .command("pull")
    .description("fetch descriptions, verify their sha256 and keep them in spec/upstream/")
    .option("--api <version>", "API version; one that spec/lock.json does not know is added to it")
    .option("--latest", "the newest version upstream, or in the folder given by --from")
    .option(
      "--from <source>",
      "file, folder or URL to read (default: DOCKER_SPEC_SOURCE, then the lock's URL)",
    )
    .option("--repin", "accept and pin what the source has now")
    .action((options: PullArguments) =>
      pullCommand(workspace, {
        ...options,
        ...(source ? { from: options.from ?? source } : {}),
      }),
    );

  program
    .command("generate")
    .description(
      "write generated/ from spec/upstream/ and our corrections, and list its versions in package.json",
    )
    .option("--api <version>", "API version; a new one is added (default: every version in generated/)")
    .option("--out <folder>", "write one version to this folder instead, and leave the package as it is")
    .option("--draft", "write it in spite of open points, and list these in its README.md")
    .action((options: GenerateArguments) => generateCommand(workspace, options, source));

  program
    .command("check")
    .description("fail if generated/ or package.json is not what generate would write")
    .option("--draft", "accept drafts in generated/")
    .option("--all", "also try the other versions of spec/lock.json that are at hand, and count open points")
    .option("--online", "instead, ask upstream for changes and new versions; exits with 2 if there are any")
    .action(({ online, ...options }: { online?: boolean; draft?: boolean; all?: boolean }) =>
      online ? checkOnlineCommand(workspace) : checkCommand(workspace, options, source),
    );

  program
    .command("diff <from> <to>")
    .description(
      "show what changes between two API versions for users of the SDK; exits with 2 (minor) or 3 (major)",
    )
    .option("--format <format>", "text, markdown, json, or github for annotations", "text")
    .action((from: string, to: string, { format }: { format: string }) =>
      diffCommand(workspace, from, to, format, source),
    );

  program
    .command("upstream-patch")
    .description("write our corrections as patches of the published description, to send upstream")
    .option("--api <version>", "API version (default: the newest of the package)")
    .option("--out <folder>", "folder to write to, which is replaced", "upstream-patches")
    .option("--file <path>", "file that the patches are for (default: that of spec/lock.json)")
    .action((options: UpstreamPatchArguments) => upstreamPatchCommand(workspace, options, source));

  program
    .command("newest")
    .description("print the newest API version in spec/lock.json")
    .action(async () => console.log(await newestLocked(workspace)));

  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    console.error(error instanceof SpecError ? `spec: ${error.message}` : error);
    process.exitCode = 1;
  }
}
