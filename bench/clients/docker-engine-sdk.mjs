import { Docker } from "docker-engine-sdk";

export function connect(socket) {
  const docker = new Docker({ host: `unix://${socket}`, env: {} });
  return {
    list: () => docker.containerList({ all: true }),
    largeList: () => docker.containerList({ all: true, limit: 10_000 }),
    async export(mib) {
      let bytes = 0;
      for await (const piece of await docker.imageGet(mib)) bytes += piece.length;
      return bytes;
    },
    exportToFile: async (mib, file) => (await docker.imageGet(mib)).toFile(file),
    async logs(mib) {
      let bytes = 0;
      for await (const { data } of docker.containerLogs(mib, { stdout: true, stderr: true }))
        bytes += data.length;
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
