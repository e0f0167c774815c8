const { execFileSync } = require("node:child_process");
const { join } = require("node:path");
const judgeConformance = require("../conformance/global-teardown.cjs");

/** Judges what the tests exchanged, and stops the Engines that the setup started. */
module.exports = async (globalConfig) => {
  try {
    await judgeConformance(globalConfig);
  } finally {
    if (process.env.ENGINES_STARTED) execFileSync(join(__dirname, "bin", "engines"), ["down"]);
  }
};
