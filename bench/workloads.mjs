/** The work that is measured: each gets a client and does a number of units; calls.ts says of what. */

const GIB = "1024";

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

/** Fails if a client did not do all the work. */
function expect(what, found, atLeast) {
  if (!(found >= atLeast)) throw new Error(`${what}: ${found} instead of ${atLeast}`);
}

const MIB = 1024 * 1024;

export const workloads = {
  call: {
    units: 3000,
    warmUp: ({ client }) => repeat(1000, 1, client.list),
    work: ({ client }) => repeat(3000, 1, client.list),
  },
  concurrent: {
    units: 5000,
    warmUp: ({ client }) => repeat(1000, 50, client.list),
    work: ({ client }) => repeat(5000, 50, client.list),
  },
  export: {
    units: 1,
    warmUp: ({ client }) => client.export("16"),
    work: async ({ client }) => {
      expect("bytes", await client.export(GIB), 1024 * MIB);
    },
  },
  exportToFile: {
    units: 1,
    warmUp: ({ client, file }) => client.exportToFile("16", file),
    work: ({ client, file }) => client.exportToFile(GIB, file),
  },
  logs: {
    units: 1,
    warmUp: ({ client }) => client.logs("16"),
    work: async ({ client }) => {
      expect("bytes", await client.logs(GIB), 1024 * MIB);
    },
  },
  frame: {
    units: 10,
    warmUp: ({ client }) => client.logs("frame"),
    work: ({ client }) => repeat(10, 1, () => client.logs("frame")),
  },
  events: {
    units: 1,
    warmUp: () => undefined,
    work: async ({ client }) => expect("events", await client.events(), 1e6),
  },
  largeList: {
    units: 10,
    warmUp: ({ client }) => repeat(3, 1, client.largeList),
    work: async ({ client }) => repeat(10, 1, client.largeList),
  },
};
