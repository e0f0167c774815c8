// Runs a command in a new container, which is pulled if missing and removed afterwards: run.ts [IMAGE]
import { Docker } from "docker-engine-sdk";

const image = process.argv[2] ?? "alpine:3.20";
const docker = new Docker();

const { exitCode, stdout, stderr } = await docker.run(image, ["sh", "-c", 'echo "$GREETING"; ls /missing'], {
  env: { GREETING: "hello" },
  remove: true,
});
console.log({ exitCode, stdout, stderr }); // a failed command is a result, not an error

await docker.close();
