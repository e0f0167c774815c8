import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(__dirname, "../..");

/**
 * Runs a TypeScript file of this folder in a process of its own, and gives the JSON it prints. A process that fails,
 * or that does not end by itself, is an error.
 */
export async function runChild<T>(script: string, args: readonly string[], limitMs: number): Promise<T> {
  return runProgram(["--import", "tsx", join(__dirname, script), ...args], limitMs);
}

/** The same of what Node can run as it is. */
export async function runProgram<T>(args: readonly string[], limitMs: number): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: process.env,
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  return JSON.parse(stdout) as T;
}

/** Has curl save what an Engine answers to a GET. */
export async function curl(host: string, path: string, file: string): Promise<void> {
  const target = host.startsWith("unix://")
    ? ["--unix-socket", host.slice("unix://".length), `http://localhost${path}`]
    : [host.replace(/^\w+:/, "http:") + path];
  await promisify(execFile)("curl", ["-fsS", "-o", file, ...target]);
}
