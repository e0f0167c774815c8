/** Against a real Engine, named by DOCKER_HOST. One file at a time: they share it. */
module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch: ["<rootDir>/test/engine/**/*.test.ts"],
  testTimeout: 120_000,
  maxWorkers: 1,
};
