import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { OpenApi } from "../openapi.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";

/** Lints the corrected document with Redocly and our redocly.yaml; any error stops the build. */
export async function lint(workspace: Workspace, document: OpenApi): Promise<void> {
  const packageJson = createRequire(join(process.cwd(), "package.json")).resolve("@redocly/cli/package.json");
  const redocly = join(dirname(packageJson), "bin", "cli.js");
  const folder = await mkdtemp(join(tmpdir(), "docker-engine-sdk-lint-"));
  try {
    // In the form in which it is committed, so that the lines Redocly names are those of generated/openapi.json.
    await writeFile(join(folder, "openapi.json"), `${JSON.stringify(document, null, 2)}\n`);
    const config = resolve(workspace.root, "redocly.yaml");
    await run(redocly, config, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(redocly: string, config: string, cwd: string): Promise<void> {
  const args = [redocly, "lint", "openapi.json", "--config", config, "--format", "stylish"];
  // Redocly would otherwise call home, which a build must not.
  const env = {
    ...process.env,
    REDOCLY_TELEMETRY: "off",
    REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
    NO_COLOR: "1",
  };
  return new Promise((done, reject) => {
    execFile(process.execPath, args, { cwd, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (!error) return done();
      const report = stdout.trim() || stderr.trim() || error.message;
      reject(
        new SpecError(
          `Redocly, under ${config}, refuses the corrected description. Correct it in spec/overlays:\n${report}`,
        ),
      );
    });
  });
}
