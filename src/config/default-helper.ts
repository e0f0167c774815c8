import { type ConfigInput, joinPath } from "./machine.js";

/** The helper that keeps logins where nothing is configured: the platform's, if it is installed. */
export function defaultHelper(input: ConfigInput): string | undefined {
  const name = platformHelper(input);
  return isInstalled(input, `docker-credential-${name}`) ? name : undefined;
}

function platformHelper(input: ConfigInput): string {
  if (input.platform === "win32") return "wincred";
  if (input.platform === "darwin") return "osxkeychain";
  return isInstalled(input, "pass") ? "pass" : "secretservice";
}

/** Whether a program is in the PATH of the configuration's environment, which in tests may have none. */
function isInstalled(input: ConfigInput, program: string): boolean {
  const windows = input.platform === "win32";
  const file = windows ? `${program}.exe` : program;
  const variable = Object.keys(input.env).find((name) => (windows ? name.toUpperCase() : name) === "PATH");
  const folders = (input.env[variable ?? ""] ?? "").split(windows ? ";" : ":");
  // An empty entry would be the current folder, which anyone may have filled.
  return folders.some((folder) => folder !== "" && input.pathExists(joinPath(input, folder, file)));
}
