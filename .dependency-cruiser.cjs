/** The layers of docs/architecture.md: each folder of src/ imports only from those to its left; type imports count. */
const layers = [
  "errors.ts",
  "secrets.ts",
  "quote.ts",
  "members.ts",
  "unknown-option.ts",
  "arguments.ts",
  "options.ts",
  "abort.ts",
  "platform.ts",
  "streams",
  "config",
  "transport",
  "operation",
  "logins",
  "buildkit",
  "workflows",
  "progress",
  "docker.ts",
  "testing",
];

const order = layers.map((layer, index) => ({
  name: `src-${layer.replace(".ts", "")}-imports-only-what-is-left-of-it`,
  severity: "error",
  from: { path: `^src/${layer.replace(".", "\\.")}` },
  to: {
    path: [...layers.slice(index + 1), "index.ts"].map((right) => `^src/${right.replace(".", "\\.")}(/|$)`),
  },
}));

/** Another folder's files are reached through its index, which says what it offers. No index makes a cycle. */
const folders = layers.filter((layer) => !layer.endsWith(".ts")).join("|");

module.exports = {
  forbidden: [
    ...order,
    {
      name: "src-imports-other-folders-through-their-index",
      severity: "error",
      from: { path: "^src/([^/]+)" },
      to: { path: `^src/(${folders})/`, pathNot: ["^src/$1/", `^src/(${folders})/index\\.ts$`] },
    },
    {
      name: "src-folders-do-not-import-their-own-index",
      severity: "error",
      from: { path: `^src/(${folders})/` },
      to: { path: "^src/$1/index\\.ts$" },
    },
    {
      name: "src-has-no-other-folders",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: [...layers, "index.ts"].map((layer) => `^src/${layer.replace(".", "\\.")}(/|$)`),
      },
      to: {},
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "generated-imports-nothing-hand-written-but-what-operations-return",
      severity: "error",
      from: { path: "^generated/", pathNot: "^generated/buildkit/" },
      to: { pathNot: "^(generated/|src/operation/returned\\.ts$)" },
    },
    {
      name: "messages-import-only-their-codec",
      severity: "error",
      from: { path: "^generated/buildkit/" },
      to: { pathNot: "^(generated/buildkit|node_modules/@bufbuild/protobuf)/" },
    },
    {
      name: "generated-imports-types-only",
      severity: "error",
      from: { path: "^generated/" },
      to: { path: "^src/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "src-is-shared-by-all-api-versions-but-for-its-entries",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(index|docker)\\.ts$|^src/testing/kit\\.ts$" },
      // The messages of BuildKit are the same in all of them.
      to: { path: "^generated/", pathNot: "^generated/buildkit/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "scripts-import-neither-src-nor-generated",
      severity: "error",
      from: { path: "^scripts/" },
      to: { path: "^(src|generated|test|examples|bench)/" },
    },
    {
      name: "src-imports-only-src-and-generated",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(scripts|test|examples|bench)/" },
    },
    {
      name: "what-ships-needs-only-run-time-dependencies",
      severity: "error",
      from: { path: "^(src|generated)/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["type-only"],
        // Bundled into dist/, see PACKAGES in scripts/build/bundled.ts.
        pathNot: "^node_modules/(@bufbuild/protobuf|get-east-asian-width|openapi-fetch)/",
      },
    },
    {
      name: "only-buildkit-imports-what-is-bundled",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/buildkit/" },
      to: { path: "^(node_modules/@bufbuild/|generated/buildkit/)" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules|^dist/" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".cjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
