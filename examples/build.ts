// Builds an image from a folder: build.ts FOLDER [NAME]
import { Docker, isDockerError } from "docker-engine-sdk";

const folder = process.argv[2] ?? ".";
const name = process.argv[3] ?? "app:1";
const docker = new Docker();

try {
  const id = await docker.build(folder, {
    t: name,
    buildargs: { VERSION: "1" },
    onProgress: ({ stream }) => process.stdout.write(stream ?? ""),
  });
  console.log(`Built ${name}, ${id}`);
} catch (error) {
  if (!isDockerError(error)) throw error;
  console.error(`The build failed: ${error.message}`); // such as a RUN that exits with 1
  process.exitCode = 1;
}

await docker.close();
