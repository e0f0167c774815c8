import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "./small-workspace.js";

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly run?: string;
}

const file = join(repository, ".github", "workflows", "spec-update.yml");
const text = readFileSync(file, "utf8");
const workflow = parse(text) as {
  readonly jobs: { readonly update: { readonly steps: Step[] } };
};
const { steps } = workflow.jobs.update;
const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

test("every npm script it names exists", () => {
  const known = Object.keys(
    (JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { scripts: object }).scripts,
  );
  const named = scripts.flatMap((script) =>
    [...script.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name),
  );
  expect(known).toEqual(expect.arrayContaining([...named, "test"]));
});

test("every command and option of spec that it names exists", () => {
  const source = readFileSync(join(repository, "scripts", "spec", "command-line.ts"), "utf8");
  const calls = scripts.flatMap((script) => [...script.matchAll(/spec -- (\w+)([^|>\n)]*)/g)]);
  expect(calls).not.toEqual([]);
  for (const [, command, rest = ""] of calls) {
    expect(source).toMatch(new RegExp(`\\.command\\("${command}[ "]`));
    for (const [option] of rest.matchAll(/--[a-z]+/g)) expect(source).toContain(`"${option}`);
  }
});

test("it takes outputs only from steps there are", () => {
  const ids = steps.flatMap(({ id }) => id ?? []);
  const read = [...text.matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)];
  expect(read).not.toEqual([]);
  for (const [, id = "", output] of read) {
    expect(ids).toContain(id);
    expect(steps.find((step) => step.id === id)?.run).toContain(`"${output}=`);
  }
});

test.each(scripts.map((script) => ({ script })))("bash can read: $script", ({ script }) => {
  const plain = script.replaceAll(/\$\{\{.*?\}\}/g, "1.51");
  expect(() => execFileSync("bash", ["-n", "-e", "-c", plain])).not.toThrow();
});
