// Lists containers and images.
import { Docker } from "docker-engine-sdk";

const docker = new Docker();

for (const { Names, Image, State } of await docker.containerList({ all: true })) {
  console.log(Names.join(", "), Image, State);
}
for (const { RepoTags, Size } of await docker.imageList()) {
  console.log(RepoTags?.join(", ") ?? "<none>", `${(Size / 1e6).toFixed(1)} MB`);
}

await docker.close();
