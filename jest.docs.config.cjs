/** The site that `npm run docs` built, in headless Chromium. */
module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch: ["<rootDir>/test/docs/**/*.test.ts"],
  testTimeout: 60_000,
};
