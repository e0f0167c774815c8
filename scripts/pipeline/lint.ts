import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { OpenApi } from "./openapi.js";
import type { Project } from "./project.js";
import { SpecError } from "./spec-error.js";

/** Lints the corrected document with Redocly and our redocly.yaml; any error stops the build. */
export async function lint(project: Project, document: OpenApi): Promise<void> {
  const packageJson = createRequire(join(process.cwd(), "package.json")).resolve("@redocly/cli/package.json");
  const redocly = join(dirname(packageJson), "bin", "cli.js");
  const folder = await mkdtemp(join(tmpdir(), "docker-engine-sdk-lint-"));
  try {
    const file = join(folder, "openapi.json");
    await writeFile(file, JSON.stringify(document));
    const config = join(project.root, "redocly.yaml");
    await run([redocly, "lint", file, "--config", config, "--format", "stylish"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(args: string[]): Promise<void> {
  // Redocly would otherwise call home, which a build must not.
  const env = {
    ...process.env,
    REDOCLY_TELEMETRY: "off",
    REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
    NO_COLOR: "1",
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (!error) resolve();
      else
        reject(
          new SpecError(`Redocly finds errors in the corrected description:\n${stdout}${stderr}`.trimEnd()),
        );
    });
  });
}
