/** Against a real Engine, named by DOCKER_HOST. One file at a time: they share it. */
module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch: ["<rootDir>/test/engine/**/*.test.ts"],
  testTimeout: 120_000,
  maxWorkers: 1,
  // Whatever the tests exchange with the Engine is compared with the description at the end.
  globalSetup: "<rootDir>/test/conformance/global-setup.cjs",
  setupFilesAfterEnv: ["<rootDir>/test/conformance/record.ts"],
  globalTeardown: "<rootDir>/test/conformance/global-teardown.cjs",
};
