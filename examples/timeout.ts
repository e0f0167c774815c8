// Limits how long calls may take: timeout.ts [IMAGE]
import { Docker, TimeoutError } from "docker-engine-sdk";

const image = process.argv[2] ?? "alpine:3.20";
const docker = new Docker({ timeout: 60_000 }); // for every call that does not state its own

try {
  await docker.run(image, ["sleep", "600"], { remove: true, timeout: 1_000 });
} catch (error) {
  if (!(error instanceof TimeoutError)) throw error;
  console.log(error.message);
}

const ping = await docker.systemPing({ timeout: 5_000 });
console.log(ping);

await docker.close();
