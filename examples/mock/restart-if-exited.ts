// The code under test.
import { type Docker, isEngineError } from "docker-engine-sdk";

/** Starts a container that has exited; false if there is none of that name. */
export async function restartIfExited(docker: Docker, name: string): Promise<boolean> {
  try {
    const { State } = await docker.containerInspect(name);
    if (State.Status === "exited") await docker.containerStart(name);
    return true;
  } catch (error) {
    if (isEngineError(error, 404)) return false;
    throw error;
  }
}
