const { join } = require("node:path");

// A configuration without logins: neither those of whoever runs the tests nor their helpers matter.
process.env.DOCKER_CONFIG = join(__dirname, "test/helpers/docker-config");
delete process.env.DOCKER_AUTH_CONFIG;

/** Shared by all suites. swc only strips the types; `npm run typecheck` checks them. */
module.exports = {
  testEnvironment: "node",
  transform: {
    "^.+\\.(ts|js)$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "commonjs" },
        sourceMaps: "inline",
        swcrc: false,
      },
    ],
  },
  // The ESM-only packages under the pipeline, which Jest's CommonJS runtime cannot load as they are.
  transformIgnorePatterns: [
    "/node_modules/(?!get-east-asian-width/|@redocly/openapi-core/|@scalar/|change-case/|parse-json/|index-to-position/|supports-color/|openapi-typescript/node_modules/)",
  ],
  // Sources import their siblings as .js, which is what they are once built.
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  restoreMocks: true,
};
