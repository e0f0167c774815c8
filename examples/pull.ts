// Pulls an image and shows its progress: pull.ts [IMAGE]
// A private registry's login comes from REGISTRY_USERNAME and REGISTRY_PASSWORD.
import { Docker } from "docker-engine-sdk";

const image = process.argv[2] ?? "alpine:3.20";
const { REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password } = process.env;
const docker = new Docker();

await docker.pull(image, {
  auth: username && password ? { username, password } : undefined,
  onProgress: ({ id, status, progressDetail }) => {
    const { current, total } = progressDetail ?? {};
    const percent = current && total ? ` ${Math.round((current / total) * 100)} %` : "";
    console.log(`${id ? `${id}: ` : ""}${status}${percent}`);
  },
});
console.log(`${image} is here`);

await docker.close();
