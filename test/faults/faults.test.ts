import { answers } from "./answers.js";
import { campaign } from "./campaign.js";
import { faults } from "./faults.js";

/**
 * A sample of what `npm run faults` does: all around the ends of head and body, and every so many bytes elsewhere, of a
 * quarter of the answers. Each fault strikes other answers than the next, so that every answer is struck.
 */
const EVERY = 101;
const SHARE = 4;

test.each(faults.map((fault, at) => ({ fault, at, name: fault.name })))(
  "$name at any byte of any answer gives the right value or the right error, and leaves nothing",
  async ({ fault, at }) => {
    const transport = fault.tcpOnly ? "tcp" : "unix";
    const { cases, problems } = await campaign({
      answers: answers.filter((_, answer) => answer % SHARE === at % SHARE),
      faults: [fault],
      transports: [transport],
      every: EVERY,
    });
    expect(problems).toEqual([]);
    expect(cases).toBeGreaterThan(0);
  },
  120_000,
);
