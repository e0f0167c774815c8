/**
 * The work that is measured. Each gets { client, size, file, fixtures, received }; workloads.ts says what `size` counts. It
 * fails if the client did not do all of its work.
 */
import { join } from "node:path";

const MIB = 2 ** 20;

/** Runs `count` calls, `atOnce` of them at a time. */
async function repeat(count, atOnce, call) {
  let left = count;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }),
  );
}

function expect(what, found, atLeast) {
  if (!(found >= atLeast)) throw new Error(`${what}: ${found} instead of ${atLeast}`);
}

/** Work that returns how many bytes it read, of `size` MiB. */
const reading = (method) => ({
  warmUp: ({ client }) => client[method](16),
  work: async ({ client, size }) => expect("bytes", await client[method](size), size * MIB),
});

/** Work that sends a folder of the fixtures; `smallest` is the least that a file adds to it. */
const sending = (method, folder, smallest) => ({
  warmUp: ({ client, fixtures }) => client[method](join(fixtures, `${folder}-16`)),
  async work({ client, size, fixtures, received }) {
    await client[method](join(fixtures, `${folder}-${size}`));
    if (!client.isLocal) expect("bytes sent", await received(), size * smallest);
  },
});

/** Integers that a number would round must be exact, of those clients that keep them. */
async function wideList({ client }) {
  const last = (await client.wideList()).at(-1).SizeRootFs;
  if (client.keepsWideIntegers && last !== 9007199254740993n)
    throw new Error(`The wide integer became ${last}`);
}

export const workloads = {
  call: {
    warmUp: ({ client }) => repeat(1000, 1, client.list),
    work: ({ client, size }) => repeat(size, 1, client.list),
  },
  concurrent: {
    warmUp: ({ client }) => repeat(1000, 50, client.list),
    work: ({ client, size }) => repeat(size, 50, client.list),
  },
  export: reading("export"),
  exportToFile: {
    warmUp: ({ client, file }) => client.exportToFile(16, file),
    work: ({ client, file, size }) => client.exportToFile(size, file),
  },
  logs: reading("logs"),
  frame: {
    warmUp: ({ client }) => client.logs("frame"),
    work: ({ client, size }) => repeat(size, 1, () => client.logs("frame")),
  },
  events: {
    warmUp: ({ client }) => client.events(10_000),
    async work({ client, size }) {
      const { count, last } = await client.events(size);
      expect("events", count, size);
      if (client.keepsWideIntegers && last !== 1629574695001007991n)
        throw new Error(`The last event's time became ${last}`);
    },
  },
  largeList: {
    warmUp: ({ client }) => repeat(3, 1, client.largeList),
    work: ({ client, size }) => repeat(size, 1, client.largeList),
  },
  wideList: {
    warmUp: wideList,
    work: ({ client, size }) => repeat(size, 1, () => wideList({ client })),
  },
  buildFolder: sending("build", "files", 200),
  copyIn: sending("copyIn", "files", 200),
  buildBigFile: sending("build", "big", MIB),
  copyInBigFile: sending("copyIn", "big", MIB),

  // Measured for their memory alone.
  toFile: {
    warmUp: ({ client, file }) => client.exportToFile(16, file),
    work: ({ client, file, size }) => client.exportToFile(size, file),
  },
  archiveGet: reading("archiveGet"),
  lines: reading("lines"),
  exec: reading("exec"),
  archivePut: {
    warmUp: ({ client }) => client.archivePut(16),
    async work({ client, size, received }) {
      await client.archivePut(size);
      expect("bytes sent", await received(), size * MIB);
    },
  },
  load: {
    warmUp: ({ client }) => client.load(16),
    async work({ client, size, received }) {
      await client.load(size);
      expect("bytes sent", await received(), size * MIB);
    },
  },

  // On a real Engine; `image` and `container` are there for it.
  save: {
    warmUp: () => undefined,
    work: async ({ client, size, image }) => expect("bytes", await client.export(image), size * MIB),
  },
  copyToEngine: {
    warmUp: () => undefined,
    work: ({ client, size, fixtures, container }) =>
      client.copyIn(join(fixtures, `files-${size}`), container),
  },
};
