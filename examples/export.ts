// Exports an image to a tar file: export.ts [IMAGE] [PLATFORM]
import { Docker, imageGet } from "docker-engine-sdk";

const [image = "alpine:3.20", platform] = process.argv.slice(2);
const docker = new Docker();

const result = await imageGet(docker, image, platform);
if (result.kind === "archive") {
  const bytes = await result.data.toFile("image.tar");
  console.log(`image.tar has ${bytes} bytes`);
} else if (result.kind === "errorResponse") {
  console.error(result.status, result.data.message); // such as 404: no such image
  process.exitCode = 1;
} else {
  console.error(result.error.message); // no Engine, no answer in time …
  process.exitCode = 1;
}

await docker.close();
