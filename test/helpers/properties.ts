import fc from "fast-check";

/** Cases per property: 1,000 in CI, 100,000 under `npm run fuzz`, or what FUZZ_RUNS says. */
export const RUNS = Number(process.env.FUZZ_RUNS ?? 1000);

fc.configureGlobal({ numRuns: RUNS });
// Two minutes would do for CI; a long run gets as much longer as it has more cases.
jest.setTimeout(Math.max(120_000, RUNS * 120));

/** fast-check with the number of cases set. Property tests import it from here and name no number of their own. */
export { fc };
