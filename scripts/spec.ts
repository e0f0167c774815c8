import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { emit, generate } from "./pipeline/generate.js";
import { lint } from "./pipeline/lint.js";
import type { OpenApi } from "./pipeline/openapi.js";
import { differences, type Outputs, swapIn } from "./pipeline/outputs.js";
import { loadOverlays } from "./pipeline/overlay.js";
import { generatedFolder, project } from "./pipeline/project.js";
import { pull } from "./pipeline/pull.js";
import { SpecError } from "./pipeline/spec-error.js";
import { loadUpstream } from "./pipeline/upstream.js";

const DEFAULT_API = "1.48";
const REPAIR = "Repair with: npm run spec -- pull && npm run spec -- generate";
const environmentSource = process.env.DOCKER_SPEC_SOURCE || undefined;

const program = new Command("spec").description(
  "From the published Docker Engine API description to generated/",
);

program
  .command("pull")
  .description(
    "fetch the description named in spec/lock.json, verify its sha256 and keep it in spec/upstream/",
  )
  .option("--api <version>", "API version", DEFAULT_API)
  .option(
    "--from <source>",
    "file, folder or URL to take it from (default: DOCKER_SPEC_SOURCE, else the lock's URL)",
  )
  .action(async ({ api, from }: { api: string; from?: string }) => {
    console.log(`Wrote ${await pull(project, api, from ?? environmentSource)}`);
  });

program
  .command("generate")
  .description("write generated/ from spec/upstream/ and spec/overlays/")
  .option("--api <version>", "API version", DEFAULT_API)
  .action(async ({ api }: { api: string }) => {
    const outputs = await fromUpstream(api);
    if (!outputs) {
      throw new SpecError(
        `spec/upstream/v${api}.yaml is not there. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]`,
      );
    }
    await swapIn(generatedFolder(project), outputs);
    console.log(`Wrote generated/: ${[...outputs.keys()].join(", ")}`);
  });

program
  .command("check")
  .description("fail if generated/ is not what generate would write")
  .option("--api <version>", "API version", DEFAULT_API)
  .action(async ({ api }: { api: string }) => {
    const upstream = await fromUpstream(api);
    const differing = await differences(generatedFolder(project), upstream ?? (await fromCommitted()));
    const start = upstream ? "the published description" : "generated/openapi.json";
    if (differing.length > 0) {
      throw new SpecError(
        `generated/ is not what its sources give (starting from ${start}): ${differing.join(", ")}. ` +
          REPAIR,
      );
    }
    console.log(`generated/ is up to date (checked from ${start})`);
  });

async function fromUpstream(api: string): Promise<Outputs | undefined> {
  const swagger = await loadUpstream(project, api, environmentSource);
  return swagger && generate(project, swagger, await loadOverlays(project));
}

/** A clone has no upstream file: what follows from the committed description can still be checked. */
async function fromCommitted(): Promise<Outputs> {
  const file = join(generatedFolder(project), "openapi.json");
  let document: OpenApi;
  try {
    document = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new SpecError(`${file} cannot be read as JSON: ${(cause as Error).message}. ${REPAIR}`, { cause });
  }
  await lint(project, document);
  return emit(document);
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof SpecError ? `spec: ${error.message}` : error);
  process.exitCode = 1;
});
