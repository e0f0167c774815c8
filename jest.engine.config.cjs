/** Against real Engines: those that DOCKER_HOST and others name, or its own. One file at a time: they share them. */
module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch: ["<rootDir>/test/engine/**/*.test.ts"],
  testTimeout: 120_000,
  maxWorkers: 1,
  // Whatever the tests exchange with the Engine is compared with the description at the end.
  globalSetup: "<rootDir>/test/engine/global-setup.cjs",
  setupFilesAfterEnv: ["<rootDir>/test/conformance/record.ts"],
  globalTeardown: "<rootDir>/test/engine/global-teardown.cjs",
};
