// Runs a command in a running container and feeds it standard input: exec-stdin.ts CONTAINER
import { Docker } from "docker-engine-sdk";

const container = process.argv[2] ?? "web";
const docker = new Docker();

const { exitCode, stdout } = await docker.exec(container, ["sort"], { stdin: "pear\napple\n" });
console.log(exitCode, stdout);

// Input may be any stream; here it is this process's own, as in `docker exec -i`.
await docker.exec(container, ["wc", "-l"], { stdin: process.stdin, stdout: process.stdout });

await docker.close();
