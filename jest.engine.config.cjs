const { execFileSync } = require("node:child_process");

/** The test files that match a pattern. */
const filesWith = (pattern) =>
  execFileSync("grep", ["-rlE", "--include=*.test.ts", pattern, "test/engine"], {
    cwd: __dirname,
    encoding: "utf8",
  })
    .trim()
    .split("\n");

/** What the run of overlay2 tests: that store, and what no store matters to. */
const ofOverlay2 = () => filesWith('everyStore|"overlay2"|anyEngine');

/** What the run of containerd leaves to that of overlay2. */
const ofAnyEngine = () => {
  const ofContainerd = new Set(filesWith('everyStore|"containerd"|\\bcontainerd\\b'));
  return filesWith("anyEngine").filter((file) => !ofContainerd.has(file));
};

const { DOCKER_HOST_OVERLAY2, ENGINE_STORE } = process.env;

/**
 * Against real Engines: those that DOCKER_HOST and others name, or its own. One file at a time: they share them. With
 * ENGINE_STORE=overlay2 or containerd only the tests of that store, so that two runs can share the work.
 */
module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch:
    ENGINE_STORE === "overlay2"
      ? ofOverlay2().map((file) => `<rootDir>/${file}`)
      : ["<rootDir>/test/engine/**/*.test.ts"],
  testPathIgnorePatterns: ENGINE_STORE === "containerd" && DOCKER_HOST_OVERLAY2 ? ofAnyEngine() : [],
  testTimeout: 120_000,
  maxWorkers: 1,
  // Whatever the tests exchange with the Engine is compared with the description at the end.
  globalSetup: "<rootDir>/test/engine/global-setup.cjs",
  setupFilesAfterEnv: ["<rootDir>/test/conformance/record.ts"],
  globalTeardown: "<rootDir>/test/engine/global-teardown.cjs",
};
