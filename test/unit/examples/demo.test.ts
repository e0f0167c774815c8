import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { startFakeEngine } from "../../../src/testing/index.js";
import { useCompiled } from "../../helpers/compiled.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

let program: string;
useCompiled((compiled) => {
  program = join(compiled, "examples", "demo.js");
}, "examples");

let folder: string;

useTemporaryFolder((path) => {
  folder = path;
});

interface Run {
  readonly code: number;
  readonly output: string;
}

/** Runs the demo in the temporary folder, with the given Engine. */
function demo(args: readonly string[], dockerHost: string): Promise<Run> {
  const env = { ...process.env, DOCKER_HOST: dockerHost, NODE_OPTIONS: "" };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === "number" ? error.code : error ? 1 : 0,
        output: stdout + stderr,
      });
    });
  });
}

test("without an Engine it says so, uses the embedded one and verifies what it exported", async () => {
  const { code, output } = await demo([], `unix://${folder}/missing.sock`);
  expect(output).toContain("there is no such socket");
  expect(output).toContain("embedded Engine");
  for (const platform of ["linux/amd64", "linux/arm64", "linux/arm/v5"]) expect(output).toContain(platform);
  expect(output).toContain("match their sha256");
  expect(code).toBe(0);
  expect((await stat(join(folder, "demo_latest.tar"))).size).toBeGreaterThan(12 << 20);
}, 30_000);

test("without an Engine it also exports what was asked for, by that name", async () => {
  const { code, output } = await demo(["app:1", "linux/arm64"], `unix://${folder}/missing.sock`);
  expect(output).toContain("Exporting app:1 for linux/arm64");
  expect(output).toContain("all 3 blobs match their sha256");
  expect(code).toBe(0);
}, 30_000);

test("with an unusable DOCKER_HOST it still succeeds", async () => {
  expect(await demo([], "nonsense")).toMatchObject({
    code: 0,
    output: expect.stringContaining("embedded Engine"),
  });
}, 30_000);

test("with an Engine that has no images it still succeeds", async () => {
  await using fake = await startFakeEngine();
  const { code, output } = await demo([], fake.host);
  expect(output).toContain("has no images yet");
  expect(code).toBe(0);
}, 30_000);

test("with an Engine it exports the image and platform named, and nothing else", async () => {
  await using fake = await startFakeEngine({
    images: [{ name: "app:1", platforms: ["linux/amd64", "linux/arm64"] }],
  });
  const { code, output } = await demo(["app:1", "linux/arm64", "--output", "out.tar"], fake.host);
  expect(output).not.toContain("embedded");
  expect(output).toContain("linux/arm64");
  expect(output).not.toContain("linux/amd64");
  expect(code).toBe(0);
  expect(await readdir(folder)).toEqual(["out.tar"]);
}, 30_000);

test("an image that is not there fails with the Engine's words and leaves no file", async () => {
  await using fake = await startFakeEngine();
  const { code, output } = await demo(["nope:1"], fake.host);
  expect(output).toContain("No such image: nope:1");
  expect(code).toBe(1);
  expect(await readdir(folder)).toEqual([]);
}, 30_000);

test("without an Engine, a build is played, and its progress printed", async () => {
  const { code, output } = await demo(["build"], `unix://${folder}/missing.sock`);
  expect(output).toContain("embedded Engine");
  expect(output).toContain("added 214 packages");
  expect(output).toMatch(/Built sha256:\w{64}/);
  expect(code).toBe(0);
}, 30_000);
