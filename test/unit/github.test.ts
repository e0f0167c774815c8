import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { useTemporaryFolder } from "../helpers/temporary-folder.js";

const folder = join(__dirname, "..", "..", ".github", "workflows");

/** Tags can be moved to other code; commits cannot. */
test.each(readdirSync(folder))("%s uses actions by commit, and names their version", (name) => {
  const used = readFileSync(join(folder, name), "utf8").match(/uses: .*/g) ?? [];
  expect(used.filter((line) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

describe("a release", () => {
  interface Step {
    readonly id?: string;
    readonly if?: string;
    readonly name?: string;
    readonly run?: string;
  }
  const { steps } = parse(readFileSync(join(folder, "release.yml"), "utf8")).jobs.publish as {
    steps: Step[];
  };
  /** npm 11, asked for the versions of a package that the registry does not have. */
  const UNKNOWN = `echo '{"error":{"code":"E404"}}'; echo "npm error code E404" >&2; exit 1`;
  const UNRELEASED = "echo 'release not found' >&2; exit 1";
  let place: string;
  useTemporaryFolder((path) => {
    place = path;
  });

  /** What the step finds out of version 1.1.0, with the given commands in the place of npm and gh. */
  function found(npm: string, gh: string): Record<string, string> {
    const packageJson = { name: "boxes", version: "1.1.0", repository: "there" };
    writeFileSync(join(place, "package.json"), JSON.stringify(packageJson));
    for (const [name, script] of Object.entries({ npm, gh }))
      writeFileSync(join(place, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const step = steps.find(({ id }) => id === "package")?.run as string;
    const output = join(place, "output");
    writeFileSync(output, "");
    const PATH = [place, process.env.PATH].join(delimiter);
    const env = { ...process.env, PATH, GITHUB_OUTPUT: output };
    execFileSync("sh", ["-e", "-c", step], { cwd: place, env, stdio: "pipe" });
    const lines = readFileSync(output, "utf8").trimEnd().split("\n");
    return Object.fromEntries(lines.map((line) => line.split("=") as [string, string]));
  }

  test.each([
    ["that nobody published yet", UNKNOWN, UNRELEASED, "true", "false"],
    ["after another one", `echo '"1.0.0"'`, UNRELEASED, "true", "false"],
    ["that failed after npm had it", `echo '["1.0.0","1.1.0"]'`, UNRELEASED, "false", "false"],
    ["that is complete", `echo '["1.0.0","1.1.0"]'`, "echo v1.1.0", "false", "true"],
  ])("%s", (_, npm, gh, isNew, released) => {
    expect(found(npm, gh)).toEqual({ package: "boxes@1.1.0", version: "1.1.0", new: isNew, released });
  });

  test.each([
    ["npm", "echo 'npm error code E500' >&2; exit 1", UNRELEASED],
    ["GitHub", UNKNOWN, "echo 'HTTP 502' >&2; exit 1"],
  ])("stops when %s does not answer", (_, npm, gh) => {
    expect(() => found(npm, gh)).toThrow("Command failed");
  });

  test("is attested and on GitHub even if an earlier run failed after npm had it", () => {
    const conditions = Object.fromEntries(steps.map((step) => [step.name, step.if]));
    const unreleased = "steps.package.outputs.released == 'false'";
    expect(conditions).toMatchObject({
      "Publish with provenance": "steps.package.outputs.new == 'true'",
      "Complete what an earlier run published": `steps.package.outputs.new == 'false' && ${unreleased}`,
      "Attest the SBOM": unreleased,
      "Release on GitHub": unreleased,
    });
  });
});
