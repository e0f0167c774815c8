const { require: load } = require("tsx/cjs/api");

// Jest resolves no ".js" to ".ts" here.
const { judge } = load("./judge.ts", __filename);

/** Validates what the engine tests exchanged, prints the report, and fails the run if something is wrong. */
module.exports = ({ testPathPatterns, testNamePattern }) =>
  judge({ all: testPathPatterns.patterns.length === 0 && !testNamePattern });
