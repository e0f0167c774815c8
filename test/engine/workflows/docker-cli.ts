import { execFileSync } from "node:child_process";

/** Whether a docker CLI is at hand, to compare with what it does. */
export const hasCli = ((): boolean => {
  try {
    execFileSync("docker", ["--version"]);
    return true;
  } catch {
    process.stderr.write("engine tests: there is no docker CLI, so nothing is compared with what it does\n");
    return false;
  }
})();
