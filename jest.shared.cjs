/** What all suites share: TypeScript is transpiled only, `npm run typecheck` checks it. */
module.exports = {
  testEnvironment: "node",
  transform: {
    "^.+\\.(ts|js)$": ["ts-jest", { tsconfig: "test/tsconfig.jest.json", diagnostics: false }],
  },
  // The ESM-only packages under the pipeline, which Jest's CommonJS runtime cannot load as they are.
  transformIgnorePatterns: [
    "/node_modules/(?!@scalar/|change-case/|parse-json/|index-to-position/|supports-color/|openapi-typescript/node_modules/)",
  ],
  // Sources import their siblings as .js, which is what they are once built.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  restoreMocks: true,
};
