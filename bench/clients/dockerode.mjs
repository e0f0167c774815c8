import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import Docker from "dockerode";
import { pack } from "tar-fs";

export function connect({ host }) {
  const socketPath = host.replace("unix://", "");
  const docker = new Docker({ socketPath, version: "v1.48" });
  return {
    list: () => docker.listContainers({ all: true }),
    largeList: () => docker.listContainers({ all: true, limit: 10_000 }),
    async export(mib) {
      let bytes = 0;
      const tar = await docker.getImage(String(mib)).get();
      await new Promise((resolve, reject) => {
        tar.on("data", (piece) => {
          bytes += piece.length;
        });
        tar.on("end", resolve).on("error", reject);
      });
      return bytes;
    },
    exportToFile: async (mib, file) =>
      pipeline(await docker.getImage(String(mib)).get(), createWriteStream(file)),
    async logs(mib) {
      let bytes = 0;
      const sink = new Writable({
        write(piece, _, done) {
          bytes += piece.length;
          done();
        },
      });
      const logs = await docker.getContainer(String(mib)).logs({ follow: true, stdout: true, stderr: true });
      docker.modem.demuxStream(logs, sink, sink);
      await new Promise((resolve, reject) => logs.on("end", resolve).on("error", reject));
      return bytes;
    },
    async events(size) {
      let count = 0;
      const events = await docker.getEvents({ until: size });
      await new Promise((resolve, reject) => {
        docker.modem.followProgress(
          events,
          (error) => (error ? reject(error) : resolve()),
          () => {
            count += 1;
          },
        );
      });
      return { count };
    },
    async build(folder) {
      const progress = await docker.buildImage(pack(folder), {});
      await new Promise((resolve, reject) =>
        docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
      );
    },
    copyIn: (folder) => docker.getContainer("box").putArchive(pack(folder), { path: "/srv" }),
    close: () => undefined,
  };
}
