/** What all suites share: TypeScript is transpiled only, `npm run typecheck` checks it. */
module.exports = {
  testEnvironment: "node",
  transform: {
    // Also the one ESM-only dependency, which Jest's CommonJS runtime cannot load as it is.
    "^.+\\.(ts|js)$": ["ts-jest", { tsconfig: "test/tsconfig.jest.json", diagnostics: false }],
  },
  transformIgnorePatterns: ["/node_modules/(?!@scalar/)"],
  // Sources import their siblings as .js, which is what they are once built.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  restoreMocks: true,
};
