// Builds an image from a folder: build.ts FOLDER [NAME]
import { BuildError, Docker } from "docker-engine-sdk";

const folder = process.argv[2] ?? ".";
const name = process.argv[3] ?? "app:1";
const docker = new Docker();

try {
  const { id, warnings } = await docker.build(folder, {
    tags: name,
    buildArgs: { VERSION: "1" },
    onProgress: (event) => {
      if (event.type === "step" && event.step.state !== "waiting")
        console.log(event.step.name, event.step.state);
      if (event.type === "log") process.stdout.write(event.text);
    },
  });
  for (const { text } of warnings) console.log(text);
  console.log(`Built ${name}, ${id}`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`${error.step ?? "The build"} failed with exit code ${error.exitCode}:\n${error.output}`);
  process.exitCode = 1;
}

await docker.close();
