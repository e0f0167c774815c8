import assert from "node:assert";
import { transformSync } from "@swc/core";
import * as sdk from "../../../src/index.js";
import * as testing from "../../../src/testing/index.js";
import { examplesOf } from "../../helpers/docs-examples.js";

/** What the examples import. */
const modules: Readonly<Record<string, unknown>> = {
  "node:assert": assert,
  "docker-engine-sdk": sdk,
  "docker-engine-sdk/testing": testing,
};

/** Runs an example on the sources. It fails where an assertion in it does. */
async function runExample(code: string): Promise<void> {
  const { code: program } = transformSync(code, {
    jsc: { parser: { syntax: "typescript" }, target: "es2023" },
  });
  const body = program.replace(/^import (.+) from "(.+)";$/gm, (_, names, module) => {
    expect(Object.keys(modules)).toContain(module);
    return `const ${names} = modules[${JSON.stringify(module)}];`;
  });
  const AsyncFunction = (async () => undefined).constructor as new (
    ...parts: string[]
  ) => (given: typeof modules) => Promise<void>;
  await new AsyncFunction("modules", body)(modules);
}

test("the examples of the fake Engine do what they say", async () => {
  const log = jest.spyOn(console, "log").mockImplementation();
  const examples = (await examplesOf("testing.md")).filter(({ title }) => title.startsWith("A fake Engine"));
  expect(examples).toHaveLength(3);
  for (const { code } of examples) await runExample(code);
  expect(Number(log.mock.calls[0]?.[0])).toBeGreaterThan(64 * 1024);
});
