import { runCommandLine } from "./spec/command-line.js";
import { workspace } from "./spec/workspace.js";

void runCommandLine(workspace, process.argv.slice(2), process.env.DOCKER_SPEC_SOURCE || undefined);
