/** The property tests with many more cases than in CI: `FUZZ_RUNS=1000000 npm run fuzz` for more still. */
process.env.FUZZ_RUNS ??= "100000";

module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch: ["<rootDir>/test/**/*.properties.test.ts"],
};
