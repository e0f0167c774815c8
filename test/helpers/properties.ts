import fc from "fast-check";

/** Cases per property: few in `npm test`, many in `npm run fuzz`, which sets FUZZ_RUNS. */
export const RUNS = Number(process.env.FUZZ_RUNS ?? 100);

/** Whether only a sample is wanted of what takes long to try in full. */
export const isQuick = process.env.FUZZ_RUNS === undefined;

fc.configureGlobal({ numRuns: RUNS });
// Two minutes do for `npm test`; a long run gets as much longer as it has more cases.
jest.setTimeout(Math.max(120_000, RUNS * 120));

/** fast-check with the number of cases set. Property tests import it from here and name no number of their own. */
export { fc };
