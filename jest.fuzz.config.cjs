const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/** Property tests and hostile input with many more cases than in `npm test`: `FUZZ_RUNS=1000000 npm run fuzz` for more still. */
process.env.FUZZ_RUNS ??= "100000";

const tests = join(__dirname, "test");
const withProperties = readdirSync(tests, { recursive: true }).filter(
  (file) =>
    file.endsWith(".test.ts") && readFileSync(join(tests, file), "utf8").includes("/helpers/properties.js"),
);

module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch: withProperties.map((file) => `<rootDir>/test/${file}`),
  testPathIgnorePatterns: ["<rootDir>/test/engine/"],
};
