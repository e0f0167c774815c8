const { readdirSync } = require("node:fs");
const { join } = require("node:path");
const shared = require("./jest.shared.cjs");

/** The sources on another version's generated files, which the condition selects in the `imports` of package.json. */
const onVersion = (folder) => ({
  ...shared,
  displayName: folder,
  testMatch: [
    "<rootDir>/test/versions/{every-version,either-form}.test.ts",
    `<rootDir>/test/versions/${folder}.test.ts`,
  ],
  testEnvironmentOptions: { customExportConditions: [`docker-api-${folder}`, "node", "node-addons"] },
});

module.exports = {
  // Jest would leave one core alone, which is half of a small machine.
  maxWorkers: "100%",
  // A limit for what hangs, not for how fast a busy machine is.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      testEnvironment: "<rootDir>/test/helpers/leftovers.ts",
      setupFilesAfterEnv: ["<rootDir>/test/helpers/secrets-net.ts"],
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        "<rootDir>/test/(engine|docs)/",
        "<rootDir>/test/versions/v",
      ],
    },
    ...readdirSync(join(__dirname, "generated"))
      .filter((name) => /^v\d+\.\d+$/.test(name))
      .map(onVersion),
  ],
};
