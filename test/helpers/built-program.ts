import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "@swc/core";

/** The built entries, by the names under which the examples import them: npm users have these. */
const ENTRIES = {
  "docker-engine-sdk": "index.js",
  "docker-engine-sdk/progress": "progress.js",
  "docker-engine-sdk/testing": "testing.js",
};

/** An example of the docs as JavaScript that imports the built package. */
export function builtProgram(code: string): string {
  const { code: program } = transformSync(code, {
    jsc: { parser: { syntax: "typescript" }, target: "es2023" },
  });
  return Object.entries(ENTRIES).reduce((text, [name, file]) => {
    const url = pathToFileURL(join(process.cwd(), "dist", file)).href;
    return text.replace(`from ${JSON.stringify(name)}`, `from ${JSON.stringify(url)}`);
  }, program);
}
