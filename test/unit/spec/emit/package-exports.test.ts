import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withVersions } from "../../../../scripts/spec/emit/package-exports.js";
import { repository } from "../small-workspace.js";

const formats = (folder: string) => ({
  import: { types: `./dist/${folder}index.d.ts`, default: `./dist/${folder}index.js` },
  require: { types: `./dist/${folder}index.d.cts`, default: `./dist/${folder}index.cjs` },
});

const given = {
  name: "boxes",
  types: "./dist/index.d.cts",
  imports: { "#src/*.js": "./src/*.ts", "#generated/*.js": { default: "./generated/*.ts" } },
  exports: {
    ".": formats(""),
    "./testing": { default: "./dist/testing.js" },
    "./openapi.json": "./generated/openapi.json",
    "./progress": { default: "./dist/progress.js" },
    "./package.json": "./package.json",
  },
  typesVersions: { "*": { testing: ["./dist/testing.d.cts"], progress: ["./dist/progress.d.cts"] } },
  files: ["dist", "generated/openapi.json", "LICENSE"],
};

const updated = (value: object, versions: string[]): typeof given =>
  JSON.parse(withVersions(JSON.stringify(value), versions)) as typeof given;

test("each version gets the entries the package has of its own, in its own folders", () => {
  expect(updated(given, ["1.50", "1.51"])).toEqual({
    ...given,
    imports: {
      ...given.imports,
      "#generated/*.js": {
        "docker-api-v1.50": "./generated/v1.50/*.ts",
        "docker-api-v1.51": "./generated/v1.51/*.ts",
        default: "./generated/*.ts",
      },
    },
    exports: {
      ...given.exports,
      "./v1.50": formats("v1.50/"),
      "./v1.50/testing": { default: "./dist/v1.50/testing.js" },
      "./v1.50/openapi.json": "./generated/v1.50/openapi.json",
      "./v1.51": formats("v1.51/"),
      "./v1.51/testing": { default: "./dist/v1.51/testing.js" },
      "./v1.51/openapi.json": "./generated/v1.51/openapi.json",
    },
    typesVersions: {
      "*": {
        ...given.typesVersions["*"],
        "v1.50": ["./dist/v1.50/index.d.cts"],
        "v1.50/testing": ["./dist/v1.50/testing.d.cts"],
        "v1.51": ["./dist/v1.51/index.d.cts"],
        "v1.51/testing": ["./dist/v1.51/testing.d.cts"],
      },
    },
    files: [
      "dist",
      "generated/openapi.json",
      "generated/v1.50/openapi.json",
      "generated/v1.51/openapi.json",
      "LICENSE",
    ],
  });
});

test("a version that is gone takes its entries along", () => {
  expect(updated(updated(given, ["1.50", "1.51"]), ["1.51"])).toEqual(updated(given, ["1.51"]));
  expect(updated(updated(given, ["1.51"]), [])).toEqual(given);
});

test("a second run changes nothing", () => {
  const text = readFileSync(join(repository, "package.json"), "utf8");
  expect(withVersions(text, ["1.51"])).toBe(withVersions(withVersions(text, ["1.51"]), ["1.51"]));
});
