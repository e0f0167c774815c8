import { Duplex } from "node:stream";

/** Two ends of a connection inside the process. */
export function duplexPair(): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const end = (other: number): Duplex => {
    let resume = (): void => undefined;
    const duplex: Duplex & { taken?: () => void } = new Duplex({
      read: () => resume(),
      write(chunk, _, done) {
        const peer = ends[other] as Duplex & { waiting?: (go: () => void) => void };
        if (peer.destroyed)
          return done(Object.assign(new Error("the other end is closed"), { code: "EPIPE" }));
        if (peer.push(chunk)) done();
        else peer.waiting?.(() => done());
      },
      final(done) {
        ends[other]?.push(null);
        done();
      },
      destroy(error, done) {
        // As with a socket, the other end notices later.
        setImmediate(() => ends[other]?.destroy());
        done(error);
      },
    });
    Object.assign(duplex, {
      waiting: (go: () => void) => {
        resume = () => {
          resume = () => undefined;
          go();
        };
      },
    });
    return duplex;
  };
  ends.push(end(1), end(0));
  return ends as [Duplex, Duplex];
}
