import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { DockerClient } from "@docker/node-sdk";

export async function connect({ host }) {
  const docker = await DockerClient.fromDockerHost(host.replace("unix://", "unix:"));
  return {
    list: () => docker.containerList({ all: true }),
    largeList: () => docker.containerList({ all: true, limit: 10_000 }),
    async export(mib) {
      let bytes = 0;
      await docker.imageGet(
        String(mib),
        new WritableStream({
          write(piece) {
            bytes += piece.length;
          },
        }),
      );
      return bytes;
    },
    exportToFile: (mib, file) => docker.imageGet(String(mib), Writable.toWeb(createWriteStream(file))),
    async logs(mib) {
      let bytes = 0;
      const sink = new Writable({
        write(piece, _, done) {
          bytes += piece.length;
          done();
        },
      });
      await docker.containerLogs(String(mib), sink, sink, { stdout: true, stderr: true });
      return bytes;
    },
    async events(size) {
      let count = 0;
      for await (const _ of docker.systemEvents({ until: String(size) })) count += 1;
      return { count };
    },
    close: () => docker.close(),
  };
}
