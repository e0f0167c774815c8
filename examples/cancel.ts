// Runs a command that Ctrl-C cancels; its container is gone when the promise rejects: cancel.ts [IMAGE]
import { AbortedError, Docker } from "docker-engine-sdk";

const image = process.argv[2] ?? "alpine:3.20";
const docker = new Docker();
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());

try {
  await docker.run(image, ["sh", "-c", "echo started; sleep 600"], {
    stdout: process.stdout,
    remove: true,
    signal: abort.signal,
  });
} catch (error) {
  if (!(error instanceof AbortedError)) throw error;
  console.log("cancelled");
}

await docker.close();
