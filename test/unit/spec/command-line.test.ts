import { execFile } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { dirname, join, relative } from "node:path";
import { format } from "node:util";
import { runCommandLine } from "../../../scripts/spec/command-line.js";
import { withVersions } from "../../../scripts/spec/emit/package-exports.js";
import { useCompiled } from "../../helpers/compiled.js";
import { listen } from "../../helpers/listen.js";
import {
  api,
  repository,
  smallBytes,
  smallFile,
  smallWorkspace,
  temporaryFolder,
} from "./small-workspace.js";

let compiled: string;
useCompiled((folder) => {
  compiled = folder;
}, "scripts");

// Most commands start Redocly.
jest.setTimeout(120_000);

afterEach(() => {
  process.exitCode = 0;
});

/** Gives a workspace what the commands read and write besides descriptions: a package of the small one's API version. */
function withPackage(root: string): string {
  const packageJson = withVersions(readFileSync(join(repository, "package.json"), "utf8"), []);
  writeFileSync(
    join(root, "package.json"),
    packageJson.replace(/"dockerApiVersion": ".*"/, `"dockerApiVersion": "${api}"`),
  );
  return root;
}

/** Runs `npm run spec -- ARGS` on a workspace. */
async function spec(
  root: string,
  args: string[],
  source?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = jest.spyOn(console, "log").mockReturnValue();
  const stderr = jest.spyOn(console, "error").mockReturnValue();
  const written = (stream: typeof stdout): string =>
    stream.mock.calls.map((line) => `${format(...line)}\n`).join("");
  process.exitCode = 0;
  await runCommandLine({ root }, args, source);
  const result = { code: Number(process.exitCode), stdout: written(stdout), stderr: written(stderr) };
  stdout.mockRestore();
  stderr.mockRestore();
  return result;
}

/** Runs it as npm does: in a process of its own, which has its source from the environment. */
function specProcess(
  root: string,
  args: string[],
  source: string,
): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const env = { ...process.env, DOCKER_SPEC_SOURCE: source };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(compiled, "scripts", "spec.js"), ...args],
      { cwd: root, env },
      (error, stdout, stderr) => {
        resolve({ code: error ? (error.code ?? "killed") : 0, stdout, stderr });
      },
    );
  });
}

/** All files of generated/, those of other versions included. */
const generated = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, "generated"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(root, file), readFileSync(file, "utf8")]),
  );

test("pull, generate and check work from DOCKER_SPEC_SOURCE, a second run changes nothing", async () => {
  const root = withPackage(smallWorkspace().root);
  const pulled = await spec(root, ["pull", "--api", api], dirname(smallFile));
  expect(pulled).toMatchObject({ code: 0, stderr: "" });
  expect(pulled.stdout).toContain(join("spec", "upstream", `v${api}.yaml`));
  expect(readFileSync(join(root, "spec", "upstream", `v${api}.yaml`))).toEqual(smallBytes);

  const first = await spec(root, ["generate", "--api", api]);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toBe("Wrote generated/ for API 9.9\n");
  const files = generated(root);

  rmSync(join(root, "spec", "upstream"), { recursive: true });
  expect(await spec(root, ["generate", "--api", api], smallFile)).toMatchObject({ code: 0 });
  expect(generated(root)).toEqual(files);

  expect(await spec(root, ["check"], smallFile)).toEqual({
    code: 0,
    stdout: "generated/ is up to date (checked from the published description of API 9.9)\n",
    stderr: "",
  });
});

test("the source comes from DOCKER_SPEC_SOURCE, and a failure ends the process with 1", async () => {
  const { root } = smallWorkspace();
  const { code, stdout, stderr } = await specProcess(root, ["pull", "--api", api], "/nowhere");
  expect(stderr).toMatch(/^spec: .*\/nowhere.*\n$/);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
});

test("--from wins over DOCKER_SPEC_SOURCE", async () => {
  const root = withPackage(smallWorkspace().root);
  expect(await spec(root, ["pull", "--api", api, "--from", smallFile], "/nowhere")).toMatchObject({
    code: 0,
  });
});

test("a failure is one line that names the source", async () => {
  const server = await listen(
    createServer((_, response) => response.writeHead(404).end()),
    "tcp",
  );
  const url = `${server.host.replace("tcp:", "http:")}/v${api}.yaml`;
  try {
    const root = withPackage(smallWorkspace({ url }).root);
    const { code, stderr } = await spec(root, ["pull", "--api", api]);
    expect(stderr).toMatch(new RegExp(`^spec: Cannot fetch ${url}: it answered 404 Not Found\\. .*\\n$`));
    expect(code).toBe(1);
    expect(existsSync(join(root, "spec", "upstream"))).toBe(false);
  } finally {
    await server.close();
  }
});

test("generate without a description says how to fetch it", async () => {
  const root = withPackage(smallWorkspace().root);
  const { code, stderr } = await spec(root, ["generate", "--api", api]);
  expect(stderr).toBe(
    `spec: spec/upstream/v${api}.yaml does not exist. Fetch it with: npm run spec -- pull --api ${api} [--from FILE|DIR|URL]\n`,
  );
  expect(code).toBe(1);
  expect(existsSync(join(root, "generated"))).toBe(false);
});

test("generate leaves the old files when an overlay no longer matches", async () => {
  const { root } = smallWorkspace();
  withPackage(root);
  expect(await spec(root, ["generate", "--api", api], smallFile)).toMatchObject({ code: 0 });
  const before = generated(root);
  appendFileSync(
    join(root, "spec", "overlays", "kinds.yaml"),
    "  - { target: \"$.paths['/crates']\", description: gone, x-matches: 1, remove: true }\n",
  );
  const { code, stderr } = await spec(root, ["generate", "--api", api], smallFile);
  expect(stderr).toContain(
    "spec: kinds.yaml, action 4: $.paths['/crates'] matches 0 places in API 9.9, expected 1.",
  );
  expect(code).toBe(1);
  expect(generated(root)).toEqual(before);

  // And check sees it too.
  expect(await spec(root, ["check"], smallFile)).toMatchObject({ code: 1, stderr });
});

describe("a description that cannot be used stops, and leaves every version in generated/ as it was:", () => {
  const next = "9.10";
  const { root } = smallWorkspace();
  const nextText = smallBytes.toString("utf8").replaceAll(api, next);
  const sources = temporaryFolder();
  const nextFile = join(sources, `v${next}.yaml`);
  let before: Record<string, string>;

  beforeAll(async () => {
    withPackage(root);
    writeFileSync(nextFile, nextText);
    expect(await spec(root, ["generate"], smallFile)).toMatchObject({ code: 0 });
    expect(await spec(root, ["pull", "--api", next, "--from", sources])).toMatchObject({ code: 0 });
    expect(await spec(root, ["generate", "--api", next])).toMatchObject({ code: 0, stderr: "" });
    before = { ...generated(root), packageJson: readFileSync(join(root, "package.json"), "utf8") };
    expect(Object.keys(before)).toContain(join("generated", `v${next}`, "client.ts"));
    expect(before.packageJson).toContain(`"./v${next}": {`);
  });

  test.each([
    { given: "half of it", text: nextText.slice(0, nextText.length / 2), want: "spec:" },
    {
      given: "a new media type",
      text: nextText.replace("consumes: [application/x-tar]", "consumes: [application/x-zip]"),
      want: "spec: BoxFill (PUT /boxes/{name}/fill) takes a body of the media types application/x-zip; an overlay must",
    },
    {
      given: "a renamed operation",
      text: nextText.replace("operationId: BoxExport", "operationId: BoxSave"),
      want:
        "spec: kinds.yaml, action 2: $.paths.*[?@.operationId=='BoxExport'] matches 0 places in API 9.10, expected 1. " +
        'If this version needs no correction there, narrow x-versions to "<9.10"',
    },
    {
      given: "two operations of one name",
      text: nextText.replace("operationId: BoxFill", "operationId: BoxList"),
      want: "spec: Two operations are called BoxList: at /boxes/json and at /boxes/{name}/fill.\n",
    },
  ])("$given", async ({ text, want }) => {
    expect(text).not.toBe(nextText);
    writeFileSync(nextFile, text);
    const lock = readFileSync(join(root, "spec", "lock.json"));
    const pulled = await spec(root, ["pull", "--api", next, "--from", nextFile, "--repin"]);
    const failure = pulled.code === 0 ? await spec(root, ["generate"], dirname(smallFile)) : pulled;
    expect(failure.stderr).toContain(want);
    expect(failure.stderr).not.toContain("    at ");
    expect(failure.code).toBe(1);
    expect({ ...generated(root), packageJson: readFileSync(join(root, "package.json"), "utf8") }).toEqual(
      before,
    );
    if (pulled.code !== 0) expect(readFileSync(join(root, "spec", "lock.json"))).toEqual(lock);
  });
});

test("generate --out publishes nothing, and takes no folder that holds something else", async () => {
  const root = withPackage(smallWorkspace().root);
  const out = join(temporaryFolder(), "out");
  const packageJson = readFileSync(join(root, "package.json"), "utf8");
  expect(await spec(root, ["generate", "--out", out], smallFile)).toMatchObject({ code: 0, stderr: "" });
  expect(readdirSync(out).sort()).toEqual([
    "README.md",
    "client.ts",
    "openapi.json",
    "operation-types.ts",
    "operations.ts",
    "options.ts",
    "schema.ts",
  ]);
  expect(existsSync(join(root, "generated"))).toBe(false);
  expect(readFileSync(join(root, "package.json"), "utf8")).toBe(packageJson);
  // What an earlier run wrote is replaced.
  expect(await spec(root, ["generate", "--out", out], smallFile)).toMatchObject({ code: 0, stderr: "" });
  const refused = await spec(root, ["generate", "--out", root], smallFile);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain(`spec: ${root} holds `);
});

test("generate --out makes the folders above its own", async () => {
  const root = withPackage(smallWorkspace().root);
  const out = join(temporaryFolder(), "new", "out");
  expect(await spec(root, ["generate", "--out", out], smallFile)).toMatchObject({ code: 0, stderr: "" });
  expect(readdirSync(out)).toContain("openapi.json");
});

test.each<[string, (path: string) => void, string]>([
  ["a file", (path) => writeFileSync(path, "mine"), "is not a folder"],
  ["a link to a folder", (path) => symlinkSync(temporaryFolder(), path), "is not a folder"],
  [
    "a folder with a README.md alone",
    (path) => {
      mkdirSync(path);
      writeFileSync(join(path, "README.md"), "mine");
    },
    "has no openapi.json of an earlier run",
  ],
  [
    "a folder with another named like a generated file",
    (path) => {
      mkdirSync(join(path, "client.ts"), { recursive: true });
      writeFileSync(join(path, "openapi.json"), "{}");
    },
    "holds client.ts, which is not a file",
  ],
])("generate --out leaves alone %s", async (_, make, why) => {
  const out = join(temporaryFolder(), "out");
  make(out);
  const before = readdirSync(dirname(out), { recursive: true }).map(String).sort();
  const refused = await spec(withPackage(smallWorkspace().root), ["generate", "--out", out], smallFile);
  expect(refused).toEqual({
    code: 1,
    stdout: "",
    stderr: `spec: ${out} ${why}, and --out would replace it. Choose another folder.\n`,
  });
  expect(readdirSync(dirname(out), { recursive: true }).map(String).sort()).toEqual(before);
});

test("newest prints the newest version of the lock, for scripts", async () => {
  expect(await spec(withPackage(smallWorkspace().root), ["newest"])).toEqual({
    code: 0,
    stdout: "9.9\n",
    stderr: "",
  });
});

test("check lists what it read as a sentence does", async () => {
  const root = withPackage(smallWorkspace().root);
  const next = "9.10";
  const newer = join(temporaryFolder(), `v${next}.yaml`);
  writeFileSync(newer, smallBytes.toString("utf8").replace(`version: "${api}"`, `version: "${next}"`));
  expect(await spec(root, ["pull", "--api", api], smallFile)).toMatchObject({ code: 0 });
  expect(await spec(root, ["pull", "--api", next, "--from", newer])).toMatchObject({ code: 0 });
  expect(await spec(root, ["generate", "--api", next])).toMatchObject({ code: 0, stderr: "" });
  const checkedFrom = async (): Promise<string> => (await spec(root, ["check"])).stdout;
  const upstream = join(root, "spec", "upstream");
  expect(await checkedFrom()).toContain("(checked from the published descriptions of API 9.9 and 9.10)");
  rmSync(join(upstream, `v${next}.yaml`));
  expect(await checkedFrom()).toContain(
    "(checked from the published description of API 9.9, and generated/v9.10/openapi.json)",
  );
  rmSync(join(upstream, `v${api}.yaml`));
  expect(await checkedFrom()).toContain(
    "(checked from generated/openapi.json and generated/v9.10/openapi.json)",
  );
});

describe("check, without the published description,", () => {
  let root: string;
  beforeAll(async () => {
    root = withPackage(smallWorkspace().root);
    expect(await spec(root, ["generate"], smallFile)).toMatchObject({ code: 0 });
  });

  test("passes on what was generated", async () => {
    expect(await spec(root, ["check"])).toEqual({
      code: 0,
      stdout: "generated/ is up to date (checked from generated/openapi.json)\n",
      stderr: "",
    });
  });

  test("names the file that differs by one byte, and the repair", async () => {
    const file = join(root, "generated", "client.ts");
    const before = readFileSync(file);
    const after = Buffer.from(before);
    after[after.length - 2] = (after.at(-2) ?? 0) ^ 1;
    writeFileSync(file, after);
    expect(await spec(root, ["check"])).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "spec: generated/ differs from what its sources give (starting from generated/openapi.json): " +
        "client.ts. Repair with: npm run spec -- pull && npm run spec -- generate\n",
    });
    expect(readFileSync(file)).toEqual(after);
    writeFileSync(file, before);
  });

  test.each([
    {
      given: "half written",
      text: '{ "openapi": "3.1',
      want: (file: string) => `${file} cannot be read as JSON: `,
    },
    { given: "missing", text: undefined, want: () => "generated/ has no openapi.json of API 9.9." },
  ])("names openapi.json and the repair if it is $given", async ({ text, want }) => {
    const file = join(root, "generated", "openapi.json");
    const before = readFileSync(file);
    rmSync(file);
    if (text !== undefined) writeFileSync(file, text);
    const { code, stderr } = await spec(root, ["check"]);
    expect(stderr).toContain(`spec: ${want(file)}`);
    expect(stderr).toContain("Repair with: npm run spec -- pull && npm run spec -- generate");
    expect(code).toBe(1);
    writeFileSync(file, before);
  });
});
