import { spawnSync } from "node:child_process";

/** Where docker-registry is on this machine, if it is; the tests with a registry run it within the Engine. */
export function registryBinary(): string | undefined {
  return (
    spawnSync("sh", ["-c", "command -v docker-registry"], { encoding: "utf8" }).stdout.trim() || undefined
  );
}
