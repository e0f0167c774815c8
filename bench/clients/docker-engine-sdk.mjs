import { Writable } from "node:stream";
import { Docker } from "docker-engine-sdk";

export function connect({ host }) {
  const docker = new Docker({ host, env: {} });
  return {
    keepsWideIntegers: true,
    list: () => docker.containerList({ all: true }),
    largeList: () => docker.containerList({ all: true, limit: 10_000 }),
    wideList: () => docker.containerList({ all: true, limit: 10_001 }),
    export: async (image) => lengthOf(await docker.imageGet(String(image))),
    exportToFile: async (mib, file) => (await docker.imageGet(String(mib))).toFile(file),
    async logs(mib) {
      let bytes = 0;
      for await (const { data } of docker.containerLogs(String(mib), { stdout: true, stderr: true }))
        bytes += data.length;
      return bytes;
    },
    async lines(mib) {
      let characters = 0;
      const logs = await docker.containerLogs(String(mib), { stdout: true, stderr: true });
      for await (const { line } of logs.lines()) characters += line.length + 1;
      return characters;
    },
    async events(size) {
      let count = 0;
      let last;
      for await (const event of docker.systemEvents({ until: size })) {
        count += 1;
        last = event;
      }
      return { count, last: last?.timeNano };
    },
    build: (folder) => docker.build(folder, { builder: "classic" }),
    copyIn: (folder, container = "box") => docker.copyIn(container, folder, "/srv"),
    archiveGet: async (mib) => lengthOf(await docker.containerArchive(String(mib), { path: "/srv" })),
    archivePut: async (mib) => docker.putContainerArchive("box", zeros(mib), { path: "/srv" }),
    load: async (mib) => (await docker.imageLoad({ body: zeros(mib) })).done(),
    async exec(mib) {
      let bytes = 0;
      const stdout = new Writable({
        write(piece, _, done) {
          bytes += piece.length;
          done();
        },
      });
      await docker.exec(String(mib), ["cat", "/big"], { stdout });
      return bytes;
    },
    close: () => docker.close(),
  };
}

async function lengthOf(stream) {
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  return bytes;
}

/** A body as an application produces it: a new piece each time. */
async function* zeros(mib) {
  for (let left = mib * 16; left > 0; left -= 1) yield Buffer.allocUnsafe(64 * 1024).fill(0);
}
