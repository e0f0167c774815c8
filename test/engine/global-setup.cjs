const { execFileSync } = require("node:child_process");
const { join } = require("node:path");
const prepareConformance = require("../conformance/global-setup.cjs");

const script = join(__dirname, "bin", "engines");
const engines = (command) =>
  execFileSync(script, [command], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** Names the Engines of this clone to the tests, and says whether the first of them is up. */
function nameEngines() {
  for (const [, variable, value] of engines("env").matchAll(/^export (\w+)='(.*)'$/gm))
    process.env[variable] = value;
  return process.env.DOCKER_HOST !== undefined;
}

/** Starts the Engines that the tests want, unless DOCKER_HOST names one or they are up. */
module.exports = () => {
  if (!process.env.DOCKER_HOST) {
    if (process.platform !== "linux" || process.getuid() !== 0) {
      throw new Error(
        "The engine tests need Docker Engines: set DOCKER_HOST, or run them as root on Debian, where they start their own.",
      );
    }
    if (!nameEngines()) {
      process.env.ENGINES_STARTED = "yes";
      engines("up");
      nameEngines();
    }
  }
  prepareConformance();
};
