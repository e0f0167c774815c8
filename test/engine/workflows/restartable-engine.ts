import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** An Engine that the tests may stop and start again. */
export interface RestartableEngine {
  readonly host: string;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

const { DOCKER_HOST_RESTARTABLE: host, ENGINE_STOP: stop, ENGINE_START: start } = process.env;

const shell = async (command: string): Promise<void> => {
  await promisify(execFile)("sh", ["-c", `${command} >/dev/null`]);
};

if (!host || !stop || !start) {
  process.stderr.write(
    "engine tests: DOCKER_HOST_RESTARTABLE, with the commands ENGINE_STOP and ENGINE_START, is not set, so no Engine is " +
      "restarted\n",
  );
}

/** The Engine that may be restarted, if this run has one. */
export const restartable: readonly RestartableEngine[] =
  host && stop && start ? [{ host, stop: () => shell(stop), start: () => shell(start) }] : [];
