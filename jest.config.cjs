module.exports = {
  ...require("./jest.shared.cjs"),
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/engine/"],
};
