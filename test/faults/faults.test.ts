import { answers } from "./answers.js";
import { campaign } from "./campaign.js";
import { faults } from "./faults.js";

/** A part of what `npm run faults` does: every so many bytes, and all around the ends of head and body. */
const EVERY = 11;

test.each(faults)(
  "$name at any byte of any answer gives the right value or the right error, and leaves nothing",
  async (fault) => {
    const transport = fault.tcpOnly ? "tcp" : "unix";
    const { cases, problems } = await campaign({
      answers,
      faults: [fault],
      transports: [transport],
      every: EVERY,
    });
    expect(problems).toEqual([]);
    expect(cases).toBeGreaterThan(100);
  },
  120_000,
);
