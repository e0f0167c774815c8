import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { useTemporaryFolder } from "../helpers/temporary-folder.js";

const folder = join(__dirname, "..", "..", ".github", "workflows");

/** Workflows of this repository, which are those of the same commit. */
const own = readdirSync(folder).map((name) => `uses: ./.github/workflows/${name}`);

/** Tags can be moved to other code; commits cannot. */
test.each(readdirSync(folder))("%s uses actions by commit, and names their version", (name) => {
  const used = readFileSync(join(folder, name), "utf8").match(/uses: .*/g) ?? [];
  const others = used.filter((line) => !own.includes(line));
  expect(others.filter((line) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

describe("a release", () => {
  interface Step {
    readonly id?: string;
    readonly if?: string;
    readonly name?: string;
    readonly run?: string;
  }
  interface Job {
    readonly if: string;
    readonly needs: string | readonly string[];
    readonly outputs?: Readonly<Record<string, string>>;
    readonly permissions: unknown;
    readonly steps: Step[];
    readonly uses?: string;
  }
  const workflow = (name: string) => parse(readFileSync(join(folder, name), "utf8"));
  const { jobs, concurrency } = workflow("release.yml") as {
    jobs: Readonly<Record<"version" | "package" | "ci" | "publish", Job>>;
    concurrency: { group: string };
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
    const step = jobs.package.steps.find(({ id }) => id === "package")?.run as string;
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

  test("waits until all checks of its commit have succeeded", () => {
    expect(jobs.publish.needs).toEqual(["package", "ci"]);
    // A condition with a status function would let it run after a failure, or after checks that were skipped.
    expect(jobs.publish).not.toHaveProperty("if");
    expect(jobs.ci).toEqual({
      needs: "package",
      if: "needs.package.outputs.new == 'true' || needs.package.outputs.released == 'false'",
      permissions: { contents: "read" },
      uses: "./.github/workflows/ci.yml",
    });
  });

  test("begins only when no changeset waits, and takes outputs only from jobs that it needs", () => {
    expect(jobs.package).toMatchObject({
      needs: "version",
      if: "needs.version.outputs.has-changesets == 'false'",
    });
    for (const job of Object.values(jobs)) {
      for (const [, name = "", output = ""] of JSON.stringify(job).matchAll(
        /needs\.(\w+)\.outputs\.([\w-]+)/g,
      )) {
        expect([job.needs].flat()).toContain(name);
        expect(jobs[name as keyof typeof jobs].outputs).toHaveProperty(output);
      }
    }
  });

  test("has checks of its own, which another push to main neither delays nor cancels", () => {
    const ci = workflow("ci.yml");
    expect(ci.on).toHaveProperty("workflow_call");
    // In a called workflow, this is the name of the caller.
    const groupIn = (caller: string): string =>
      ci.concurrency.group
        .replace(/\$\{\{ github\.workflow \}\}/, caller)
        .replace(/\$\{\{ github\.ref \}\}/, "main");
    expect(groupIn("release")).not.toBe(groupIn("ci"));
    // A run that waits for its own group never begins.
    expect(groupIn("release")).not.toBe(concurrency.group);
  });

  test("is attested and on GitHub even if an earlier run failed after npm had it", () => {
    const conditions = Object.fromEntries(jobs.publish.steps.map((step) => [step.name, step.if]));
    const unreleased = "needs.package.outputs.released == 'false'";
    expect(conditions).toMatchObject({
      "Publish with provenance": "needs.package.outputs.new == 'true'",
      "Complete what an earlier run published": `needs.package.outputs.new == 'false' && ${unreleased}`,
      "Attest the SBOM": unreleased,
      "Release on GitHub": unreleased,
    });
  });
});
