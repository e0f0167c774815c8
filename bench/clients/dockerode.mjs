import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import Docker from "dockerode";

export function connect(socketPath) {
  const docker = new Docker({ socketPath, version: "v1.48" });
  return {
    list: () => docker.listContainers({ all: true }),
    largeList: () => docker.listContainers({ all: true, limit: 10_000 }),
    async export(mib) {
      let bytes = 0;
      const tar = await docker.getImage(mib).get();
      await new Promise((resolve, reject) => {
        tar.on("data", (piece) => {
          bytes += piece.length;
        });
        tar.on("end", resolve).on("error", reject);
      });
      return bytes;
    },
    exportToFile: async (mib, file) => pipeline(await docker.getImage(mib).get(), createWriteStream(file)),
    async logs(mib) {
      let bytes = 0;
      const sink = new Writable({
        write(piece, _, done) {
          bytes += piece.length;
          done();
        },
      });
      const logs = await docker.getContainer(mib).logs({ follow: true, stdout: true, stderr: true });
      docker.modem.demuxStream(logs, sink, sink);
      await new Promise((resolve, reject) => logs.on("end", resolve).on("error", reject));
      return bytes;
    },
    async events() {
      let count = 0;
      const events = await docker.getEvents();
      await new Promise((resolve, reject) => {
        docker.modem.followProgress(
          events,
          (error) => (error ? reject(error) : resolve()),
          () => {
            count += 1;
          },
        );
      });
      return count;
    },
    close: () => undefined,
  };
}
