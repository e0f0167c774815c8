import { join } from "node:path";
import type { Config, NormalizedProblem } from "@redocly/openapi-core";
import { getLineColLocation, lintConfig, lintFromString, loadConfig } from "@redocly/openapi-core";
import type { OpenApi } from "../openapi.js";
import { type Report, refuse } from "../report.js";
import { SpecError } from "../spec-error.js";
import type { Workspace } from "../workspace.js";

/** Lints the corrected document with Redocly and our redocly.yaml, and reports all errors at once. */
export async function lint({ root }: Workspace, document: OpenApi, report: Report = refuse): Promise<void> {
  const configPath = join(root, "redocly.yaml");
  const config = await readConfig(configPath);
  // Formatted as committed, so that Redocly's line numbers match generated/openapi.json.
  const source = `${JSON.stringify(document, null, 2)}\n`;
  const problems = [
    ...(await lintConfig({ config, severity: "error" })),
    ...(await lintFromString({ source, absoluteRef: "openapi.json", config })),
  ];
  const errors = problems.filter(({ severity, ignored }) => severity === "error" && !ignored);
  if (errors.length === 0) return;
  report(
    `Redocly, under ${configPath}, refuses the corrected description. Correct it in spec/overlays:\n${errors
      .map(describe)
      .join("\n")}`,
  );
}

async function readConfig(configPath: string): Promise<Config> {
  try {
    return await loadConfig({ configPath });
  } catch (error) {
    throw new SpecError(`Redocly cannot read ${configPath}: ${(error as Error).message}`);
  }
}

/** FILE:LINE:COLUMN, as editors and terminals link it. */
function describe({ location: [location], ruleId, message }: NormalizedProblem): string {
  if (!location) return `  ${ruleId}: ${message}`;
  const { source, start } = getLineColLocation(location);
  return `  ${source.absoluteRef}:${start.line}:${start.col} ${ruleId}: ${message}`;
}
