import { Command } from "commander";
import { checkCommand, checkOnlineCommand } from "./commands/check.js";
import { diffCommand } from "./commands/diff.js";
import { type GenerateArguments, generateCommand } from "./commands/generate.js";
import { type PullArguments, pullCommand } from "./commands/pull.js";
import { newestLocked } from "./commands/versions.js";
import { project } from "./pipeline/project.js";
import { SpecError } from "./pipeline/spec-error.js";

const environmentSource = process.env.DOCKER_SPEC_SOURCE || undefined;

const program = new Command("spec").description(
  "From the published Docker Engine API descriptions to generated/",
);

program
  .command("pull")
  .description("fetch descriptions, verify their sha256 and keep them in spec/upstream/")
  .option("--api <version>", "API version; one that spec/lock.json does not know is added to it")
  .option("--latest", "the newest version of upstream, or of the folder named with --from")
  .option(
    "--from <source>",
    "file, folder or URL to take it from (default: DOCKER_SPEC_SOURCE, else the lock's URL)",
  )
  .option("--repin", "accept what the source has now, and pin that")
  .action((options: PullArguments) =>
    pullCommand(project, {
      ...options,
      ...(environmentSource ? { from: options.from ?? environmentSource } : {}),
    }),
  );

program
  .command("generate")
  .description(
    "write generated/ from spec/upstream/ and spec/overlays/, and the versions it holds to package.json",
  )
  .option("--api <version>", "API version; a new one is added (default: every version in generated/)")
  .option("--out <folder>", "write one version there instead, and publish nothing")
  .action((options: GenerateArguments) => generateCommand(project, options, environmentSource));

program
  .command("check")
  .description("fail if generated/ or package.json is not what generate would write")
  .option("--online", "instead, ask upstream for changes and new versions; exits with 2 if there are any")
  .action(({ online }: { online?: boolean }) =>
    online ? checkOnlineCommand(project) : checkCommand(project, environmentSource),
  );

program
  .command("diff <from> <to>")
  .description(
    "what changes between two API versions for a user of the SDK; exits with 2 (minor) or 3 (major)",
  )
  .option("--format <format>", "text, markdown or json", "text")
  .action((from: string, to: string, { format }: { format: string }) =>
    diffCommand(project, from, to, format, environmentSource),
  );

program
  .command("newest")
  .description("print the newest API version of spec/lock.json")
  .action(async () => console.log(await newestLocked(project)));

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof SpecError ? `spec: ${error.message}` : error);
  process.exitCode = 1;
});
