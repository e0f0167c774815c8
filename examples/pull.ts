// Pulls an image and shows its progress: pull.ts [IMAGE]
// A private registry's login comes from REGISTRY_USERNAME and REGISTRY_PASSWORD.
import { Docker } from "docker-engine-sdk";

const image = process.argv[2] ?? "alpine:3.20";
const { REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = process.env;
const docker = new Docker();

const { name, digest } = await docker.pull(image, {
  auth: username && password ? { username, password } : undefined,
  onProgress: (event) => {
    if (event.type === "message") return console.log(event.status);
    const { id, status, current = 0, total } = event;
    console.log(`${id}: ${status}${total ? ` ${Math.round((current / total) * 100)} %` : ""}`);
  },
});
console.log(`${name} is here: ${digest}`);

await docker.close();
