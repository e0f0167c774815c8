import { Lifetime, Lifetimes } from "../../../src/transport/lifetime.js";

describe("the calls in progress", () => {
  const late = () => new Error("late");
  const begin = (running: Lifetimes) => {
    const lifetime = new Lifetime({ operation: "X", headers: {} }, { connectTimeout: 60_000, late });
    running.add(lifetime);
    return lifetime;
  };

  test.each([[[0, 1, 2, 3]], [[3, 2, 1, 0]], [[1, 3, 0, 2]], [[]]])(
    "of which %j are over: the others are ended",
    (over) => {
      const running = new Lifetimes();
      const lifetimes = Array.from({ length: 4 }, () => begin(running));
      for (const index of over as number[]) lifetimes[index]?.over();
      const added = begin(running);
      const closed = new Error("closed");
      running.end(() => closed);
      expect(lifetimes.map(({ reason }) => reason === closed)).toEqual(
        lifetimes.map((_, index) => !(over as number[]).includes(index)),
      );
      expect(added.reason).toBe(closed);
    },
  );
});
