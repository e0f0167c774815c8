const { execFileSync } = require("node:child_process");

/** The files with tests of both stores. The others need the containerd store, or no store in particular. */
const ofBothStores = () =>
  execFileSync("grep", ["-rlE", "--include=*.test.ts", 'everyStore|"overlay2"', "test/engine"], {
    cwd: __dirname,
    encoding: "utf8",
  })
    .trim()
    .split("\n")
    .map((file) => `<rootDir>/${file}`);

/**
 * Against real Engines: those that DOCKER_HOST and others name, or its own. One file at a time: they share them. With
 * ENGINE_STORE=overlay2 or containerd only the tests of that store, so that two runs can share the work.
 */
module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch:
    process.env.ENGINE_STORE === "overlay2" ? ofBothStores() : ["<rootDir>/test/engine/**/*.test.ts"],
  testTimeout: 120_000,
  maxWorkers: 1,
  // Whatever the tests exchange with the Engine is compared with the description at the end.
  globalSetup: "<rootDir>/test/engine/global-setup.cjs",
  setupFilesAfterEnv: ["<rootDir>/test/conformance/record.ts"],
  globalTeardown: "<rootDir>/test/engine/global-teardown.cjs",
};
