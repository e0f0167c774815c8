// One rule that Biome cannot check, as it knows no types of packages: a promise that nobody waits for, whose failure is lost.
import tseslint from "typescript-eslint";

export default [
  {
    ignores: [
      "dist/",
      ".build/",
      "generated*/",
      // Compiled, never run.
      "test/types/",
      "test/consumers/{consumer,streams}.ts",
      // They compile in the sources of testcontainers only.
      "test/consumers/testcontainers/",
    ],
  },
  {
    files: ["{src,scripts,test,examples,bench}/**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: { project: "tsconfig.json" } },
    plugins: { "@typescript-eslint": tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { "@typescript-eslint/no-floating-promises": ["error", { checkThenables: true }] },
  },
];
