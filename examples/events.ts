// Prints what happens to containers until Ctrl-C, also across restarts of the Engine.
import { Docker, isDockerError } from "docker-engine-sdk";

const docker = new Docker();
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());

try {
  const onConnected = () => console.log("listening");
  const filters = { type: ["container"] };
  for await (const { Action, Actor } of docker.events({ filters, onConnected, signal: abort.signal })) {
    console.log(Action, Actor.Attributes.name);
  }
} catch (error) {
  if (!isDockerError(error) || error.code !== "ERR_DOCKER_ABORTED") throw error;
}

await docker.close();
