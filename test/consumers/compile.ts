/**
 * Compiles consumers of the packed package under every TypeScript, module format and resolution that it supports, with the
 * strictest settings and no types but those it imports. Needs dist/.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = process.cwd();

const COMPILERS = ["5.4.5", "5.9.3", "6.0.3", "7.0.2"];
const LIBRARIES = ["@types/node@20.19.43", "@types/tar-stream@3.1.4"];

/** How a consumer finds and imports the package. */
interface Way {
  readonly name: string;
  /** The source in this folder, and the extensions that make it what the way says. */
  readonly source: string;
  readonly extensions: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  /** All by default. */
  readonly compilers?: readonly string[];
}

const WAYS: readonly Way[] = [
  {
    name: "nodenext, ES module and CommonJS",
    source: "consumer.ts",
    extensions: [".mts", ".cts"],
    options: { module: "nodenext" },
  },
  {
    name: "bundler, with the DOM",
    source: "consumer.ts",
    extensions: [".ts"],
    options: { module: "esnext", moduleResolution: "bundler", lib: ["ES2022", "DOM"] },
  },
  {
    name: "node10, CommonJS",
    source: "consumer.ts",
    extensions: [".ts"],
    options: { module: "commonjs", moduleResolution: "node10" },
    // The last that has it warns of it.
    compilers: ["5.4.5", "6.0.3"],
  },
  {
    name: "nodenext, without Node's types",
    source: "streams.ts",
    extensions: [".mts"],
    // With the check of libraries on, declarations that lack a type would not compile, and hide that it becomes any.
    options: { module: "nodenext", skipLibCheck: true },
    compilers: ["5.4.5", "7.0.2"],
  },
];

/** Installs the packed package and all compilers, each under a name of its own. */
async function install(folder: string): Promise<void> {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const compilers = COMPILERS.map((version) => `typescript-${version}@npm:typescript@${version}`);
  await writeFile(join(folder, "package.json"), '{ "private": true }');
  const packages = [join(folder, filename), ...LIBRARIES, ...compilers];
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], { cwd: folder });
}

/** Compiles one cell of the matrix. Returns the compiler's messages; none if all is well. */
async function compile(folder: string, compiler: string, way: Way): Promise<string> {
  const cell = join(folder, `${compiler}-${way.name.replace(/\W+/g, "-")}`);
  await mkdir(cell);
  const files = way.extensions.map((extension) => `consumer${extension}`);
  for (const file of files) await cp(join(root, "test", "consumers", way.source), join(cell, file));
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2022"],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    types: [],
    // TypeScript 6 warns of node10.
    ...(compiler.startsWith("6.") ? { ignoreDeprecations: "6.0" } : {}),
    ...way.options,
  };
  await writeFile(join(cell, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = join(folder, "node_modules", `typescript-${compiler}`, "bin", "tsc");
  return run(process.execPath, [tsc, "-p", cell]).then(
    () => "",
    (error: { stdout?: string; message: string }) => error.stdout || error.message,
  );
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "compile-"));
  try {
    await install(folder);
    const cells = WAYS.flatMap((way) => (way.compilers ?? COMPILERS).map((compiler) => ({ compiler, way })));
    const left = [...cells];
    const work = async (): Promise<void> => {
      for (let cell = left.shift(); cell; cell = left.shift()) {
        const problems = await compile(folder, cell.compiler, cell.way);
        console.log(
          `${problems ? "FAIL" : "ok"}  TypeScript ${cell.compiler}, ${cell.way.name}\n${problems}`.trim(),
        );
        if (problems) process.exitCode = 1;
      }
    };
    await Promise.all([work(), work()]);
    console.log(`${cells.length} combinations`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
