import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { DockerClient } from "@docker/node-sdk";

export async function connect(socket) {
  const docker = await DockerClient.fromDockerHost(`unix:${socket}`);
  return {
    list: () => docker.containerList({ all: true }),
    largeList: () => docker.containerList({ all: true, limit: 10_000 }),
    async export(mib) {
      let bytes = 0;
      await docker.imageGet(
        mib,
        new WritableStream({
          write(piece) {
            bytes += piece.length;
          },
        }),
      );
      return bytes;
    },
    exportToFile: (mib, file) => docker.imageGet(mib, Writable.toWeb(createWriteStream(file))),
    async logs(mib) {
      let bytes = 0;
      const sink = new Writable({
        write(piece, _, done) {
          bytes += piece.length;
          done();
        },
      });
      await docker.containerLogs(mib, sink, sink, { stdout: true, stderr: true });
      return bytes;
    },
    async events() {
      let count = 0;
      for await (const _ of docker.systemEvents()) count += 1;
      return count;
    },
    close: () => docker.close(),
  };
}
