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

/** With the tests of the overlay2 store alone, Engines that have no tests of their own for it are left to the other run. */
function leaveOthers() {
  if (process.env.ENGINE_STORE !== "overlay2") return;
  for (const variable of Object.keys(process.env)) {
    if (/^DOCKER_HOST_(?!OVERLAY2$)|^ENGINE_ST(OP|ART)$/.test(variable)) delete process.env[variable];
  }
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
  leaveOthers();
  prepareConformance();
};
