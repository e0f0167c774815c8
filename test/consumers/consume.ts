/**
 * Installs the packed package, and uses it in every module format, bundler and test runner that it supports, on the Engine of
 * DOCKER_HOST. Each consumer type-checks use.ts and runs it. Needs dist/.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { BuildOptions } from "esbuild";
import { blocksOf } from "../helpers/docs-examples.js";
import { installPackage } from "./installed-package.js";

const run = promisify(execFile);
const root = process.cwd();

/** A consumer's own package.json, tsconfig.json and files beside use.ts, and how it runs them. */
interface Consumer {
  readonly name: string;
  readonly type: "module" | "commonjs";
  readonly files: Readonly<Record<string, string>>;
  /** Programs of packages with their arguments, run by Node one after the other. The first is the type check. */
  readonly commands: readonly (readonly string[])[];
  /** A file that must run where there is nothing else. */
  readonly bundle?: string;
}

const OLDEST = "typescript-5.4.5";
const NEWEST = "typescript-7.0.2";
/** What consumers have besides the package, from this repository. */
const TOOLS = [
  "@jest/globals",
  "@swc/core",
  "@swc/jest",
  "@types/node",
  "esbuild",
  "vite",
  "vitest",
  "webpack",
];

const compile = (compiler: string): string[] => [`${compiler}/bin/tsc`, "-p", "."];
const check = [...compile(NEWEST), "--noEmit"];

const PROGRAM = `import assert from "node:assert";
import { EXPECTED, use } from "./use.js";
void use().then((outcome) => assert.deepStrictEqual(outcome, EXPECTED));
`;
const program = { "main.ts": PROGRAM };
const testIn = (runner: string): Record<string, string> => ({
  "use.test.ts": `import assert from "node:assert";
import { test } from "${runner}";
import { EXPECTED, use } from "./use.js";
test("the package", async () => assert.deepStrictEqual(await use(), EXPECTED));
`,
});

const JEST = {
  transform: { "^.+\\.ts$": ["@swc/jest", { module: { type: "commonjs" } }] },
  moduleNameMapper: { "^(\\./.*)\\.js$": "$1" },
};
const esbuild = (options: BuildOptions): string => `import { build } from "esbuild";
const { warnings } = await build(${JSON.stringify({ entryPoints: ["main.ts"], bundle: true, platform: "node", ...options })});
if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
`;
const VITE = `export default {
  build: { ssr: "main.ts", outDir: "out", rollupOptions: { output: { inlineDynamicImports: true } } },
  ssr: { noExternal: true },
};
`;

async function consumers(): Promise<Consumer[]> {
  const [{ code: command } = { code: "" }] = await blocksOf("recipes.md", "sh");
  const [, banner = ""] = /--banner:js='(.*)'/.exec(command) ?? [];
  const webpack = (await blocksOf("recipes.md", "js")).find(({ code }) => code.includes("webpack"))?.code;
  return [
    {
      name: "ES module, TypeScript 5.4",
      type: "module",
      files: program,
      commands: [compile(OLDEST), ["out/main.js"]],
    },
    {
      name: "CommonJS, TypeScript 7",
      type: "commonjs",
      files: program,
      commands: [compile(NEWEST), ["out/main.js"]],
    },
    {
      name: "esbuild, ES module",
      type: "module",
      files: {
        ...program,
        "bundle.mjs": esbuild({ format: "esm", outfile: "main.mjs", banner: { js: banner } }),
      },
      commands: [check, ["bundle.mjs"]],
      bundle: "main.mjs",
    },
    {
      name: "esbuild, CommonJS",
      type: "commonjs",
      files: { ...program, "bundle.mjs": esbuild({ format: "cjs", outfile: "main.cjs" }) },
      commands: [check, ["bundle.mjs"]],
      bundle: "main.cjs",
    },
    {
      name: "webpack",
      type: "module",
      files: {
        ...program,
        "webpack.config.cjs": (webpack ?? "").replace("./app.js", "./out/main.js"),
        "bundle.cjs": `require("webpack")(require("./webpack.config.cjs"), (error, stats) => {
  if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
});
`,
      },
      commands: [compile(NEWEST), ["bundle.cjs"]],
      bundle: "app.cjs",
    },
    {
      name: "Vite",
      type: "module",
      files: { ...program, "vite.config.mjs": VITE },
      commands: [check, ["vite/bin/vite.js", "build", "--logLevel=warn"]],
      bundle: "out/main.js",
    },
    {
      name: "Jest",
      type: "commonjs",
      files: { ...testIn("@jest/globals"), "jest.config.json": JSON.stringify(JEST) },
      commands: [check, ["jest/bin/jest.js", "--config", "jest.config.json"]],
    },
    {
      name: "Vitest",
      type: "module",
      files: testIn("vitest"),
      commands: [check, ["vitest/vitest.mjs", "run"]],
    },
    {
      name: "node:test",
      type: "module",
      files: testIn("node:test"),
      commands: [compile(NEWEST), ["--test", "out/use.test.js"]],
    },
  ];
}

/** Installs the package and compilers in a folder, and links what this repository has. */
async function install(folder: string): Promise<void> {
  const compilers = [OLDEST, NEWEST].map((name) => `${name}@npm:${name.replace("-", "@")}`);
  await installPackage(folder, compilers);
  for (const name of TOOLS) {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, "node_modules", name), link);
  }
}

/** Makes a consumer's folder, and runs its commands there. Returns why that failed; nothing if it did not. */
async function consume(parent: string, { name, type, files, commands, bundle }: Consumer): Promise<string> {
  const folder = join(parent, name.replace(/\W+/g, "-"));
  await mkdir(folder);
  const compilerOptions = {
    target: "ES2022",
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    // Those of Vitest have the DOM's types, and those of TypeScript 5.4 are older than it.
    skipLibCheck: true,
    types: ["node"],
    rootDir: ".",
    outDir: "out",
  };
  const all = {
    ...files,
    "package.json": JSON.stringify({ private: true, type }),
    "tsconfig.json": JSON.stringify({ compilerOptions, include: ["*.ts"] }),
  };
  for (const [file, text] of Object.entries(all)) await writeFile(join(folder, file), text);
  await copyFile(join(root, "test", "consumers", "use.ts"), join(folder, "use.ts"));
  try {
    for (const [command = "", ...args] of commands) await node(folder, found(parent, command), ...args);
    if (bundle) await runAlone(join(folder, bundle));
    return "";
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    return `${message}\n${stdout}\n${stderr}`;
  }
}

/** A program of a package, installed or of this repository; any other is the consumer's own, or an option of Node. */
function found(parent: string, command: string): string {
  if (/^-|^out\/|^[^/]+$/.test(command)) return command;
  const modules = command.startsWith("typescript-") ? parent : root;
  return join(modules, "node_modules", command);
}

async function runAlone(bundle: string): Promise<void> {
  const alone = await mkdtemp(join(tmpdir(), "bundle-"));
  const copy = join(alone, bundle.replace(/^.*\/(?=[^/]+$)/, "").replace(/\.js$/, ".mjs"));
  try {
    await copyFile(bundle, copy);
    await node(alone, copy);
  } finally {
    await rm(alone, { recursive: true });
  }
}

/** Runs Node without the options of whoever runs this. */
async function node(cwd: string, ...args: string[]): Promise<void> {
  const { NODE_OPTIONS, JEST_WORKER_ID, NODE_ENV, ...env } = process.env;
  await run(process.execPath, args, { cwd, env, timeout: 120_000 });
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "consumers-"));
  try {
    await install(folder);
    const left = await consumers();
    const work = async (): Promise<void> => {
      for (let consumer = left.shift(); consumer; consumer = left.shift()) {
        const begun = performance.now();
        const problem = await consume(folder, consumer);
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        console.log(`${problem ? "FAIL" : "ok"}  ${consumer.name}, ${seconds} s\n${problem}`.trim());
        if (problem) process.exitCode = 1;
      }
    };
    await Promise.all([work(), work()]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
