import { sleep } from "../../abort.js";
import { DockerError, isEngineError, UnsupportedError } from "../../errors.js";
import type { EngineClient } from "../engine-client.js";
import { inspectedExec } from "../inspections.js";
import { exec } from "./exec.js";
import { OutputTail } from "./output-tail.js";

/** The variable by which the processes of a spawned command are found. */
export const MARKER = "DOCKER_ENGINE_SDK_SPAWN";

/**
 * Signals all processes with the marker $1 in their environment, and exits with 3 if it finds none. It needs only sh and
 * /proc, and works in dash, BusyBox and bash, all of which skip the NULs between variables. It signals in the order of
 * PIDs: a shell must not see its command die and go on before its own signal comes. PIDs wrap around, so KILL stops all
 * of them first; and since a process may start another meanwhile, it searches again until none is left.
 */
const SCRIPT = `
d='[0-9]'
pass() {
  found=
  for dir in /proc/$d /proc/$d$d /proc/$d$d$d /proc/$d$d$d$d /proc/$d$d$d$d$d /proc/$d$d$d$d$d$d /proc/$d$d$d$d$d$d$d; do
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in *"$1"*) kill "-$2" "\${dir#/proc/}" && found=1; break ;; esac
    done 2>/dev/null <"$dir/environ"
  done
  [ "$found" ]
}
case $2 in KILL|9) pass "$1" STOP ;; esac
pass "$1" "$2" || exit 3
case $2 in KILL|9) for again in 1 2 3 4 5; do pass "$1" "$2" || break; done ;; esac
exit 0`;
const NOTHING_FOUND = 3;

/** The signaling command, without the marker and the signal. */
const KILL = ["sh", "-c", SCRIPT, "sh"];

/** The marker and signal in a command of {@link killExec}, for an Engine without a shell; undefined for any other command. */
export function killIn(
  cmd: readonly string[],
): { readonly marker: string; readonly signal: string } | undefined {
  const [marker, signal] = cmd.slice(KILL.length);
  const isKill = KILL.every((word, index) => cmd[index] === word);
  return isKill && marker !== undefined && signal !== undefined ? { marker, signal } : undefined;
}

/** Exit codes of an Engine for a program that it cannot run or find. */
const NO_PROGRAM: readonly number[] = [126, 127];

/** How long to look for the processes of a command that may have only just started. */
const ATTEMPTS = 5;
const BETWEEN_MS = 100;
const PATIENCE_MS = 10_000;
const OUTPUT_EXCERPT = 300;

/** An exec whose processes carry a marker. */
export interface MarkedExec {
  readonly id: string;
  readonly container: string;
  readonly marker: string;
  /** This user may read its environment and signal it. */
  readonly user: string | undefined;
  readonly privileged: boolean | undefined;
}

/**
 * Signals the processes of an exec. The Engine has no call for this, so a second exec finds them by their environment.
 *
 * @throws {UnsupportedError} they cannot be found
 */
export async function killExec(docker: EngineClient, spawned: MarkedExec, signal: string): Promise<void> {
  const { container, id, marker, privileged, user } = spawned;
  const cmd = [...KILL, marker, signal];
  const hasExited = async (): Promise<boolean> => {
    const inspected = await docker.execInspect(id, { timeout: PATIENCE_MS }).result();
    // An Engine forgets the execs of containers that are gone.
    if (!inspected.ok && isEngineError(inspected.error, 404)) return true;
    if (!inspected.ok) throw inspected.error;
    const { ExitCode, Running } = inspectedExec(inspected.data);
    return !Running && typeof ExitCode === "number";
  };
  for (let attempt = 1; ; attempt += 1) {
    const tail = new OutputTail(OUTPUT_EXCERPT);
    const options = { user, privileged, timeout: PATIENCE_MS, combined: tail };
    const outcome = await exec(docker, container, cmd, options).catch((error: DockerError) => error);
    if (!(outcome instanceof DockerError) && outcome.exitCode === 0) return;
    if (await hasExited()) return;
    if (outcome instanceof DockerError) throw outcome;
    const { exitCode } = outcome;
    if (exitCode !== NOTHING_FOUND) {
      const why = NO_PROGRAM.includes(exitCode) ? "has no sh" : `fails with exit code ${exitCode}`;
      throw new UnsupportedError(
        `spawn: kill looks for the process with sh in the container, which ${why} (${tail.text}); ` +
          "have the command end by itself, such as at the end of its stdin, or stop the container",
      );
    }
    if (attempt === ATTEMPTS) {
      throw new UnsupportedError(
        "spawn: kill does not find the process: no /proc, or it has changed its user or environment; " +
          "have the command end by itself, such as at the end of its stdin, or stop the container",
      );
    }
    await sleep(BETWEEN_MS);
  }
}
