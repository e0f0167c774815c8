// Prints a container's log until it exits: follow-logs.ts CONTAINER
import { Docker } from "docker-engine-sdk";

const container = process.argv[2] ?? "web";
const docker = new Docker();

const logs = await docker.containerLogs(container, { stdout: true, stderr: true, follow: true, tail: 100 });
for await (const { stream, line } of logs.lines()) {
  console.log(`${stream}: ${line}`);
}

await docker.close();
