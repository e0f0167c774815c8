import { answers } from "./answers.js";
import { campaign } from "./campaign.js";
import { faults } from "./faults.js";

/**
 * A sample of what `npm run faults` does. Each fault strikes a different quarter of the answers, so that together they strike
 * all: at every byte around the ends of head and body, and at some elsewhere.
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
