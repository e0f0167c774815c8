// Copies a folder into a container and a file out of it, as `docker cp` does: copy.ts [IMAGE]
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Docker } from "docker-engine-sdk";

const image = process.argv[2] ?? "alpine:3.20";
const docker = new Docker();
const folder = await mkdtemp(join(tmpdir(), "copy-"));
await writeFile(join(folder, "index.html"), "<h1>hello</h1>\n");

const { Id } = await docker.containerCreate({ Image: image });
try {
  await docker.copyIn(Id, `${folder}/.`, "/srv");
  await docker.copyOut(Id, "/srv/index.html", join(folder, "copy.html"));
  console.log(await readFile(join(folder, "copy.html"), "utf8"));
} finally {
  await docker.containerDelete(Id);
  await docker.close();
}
