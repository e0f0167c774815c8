import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Bill, bundledIn, completed } from "../../../scripts/release/bill-of-materials.js";
import { wholeDescription } from "../../../scripts/release/descriptions.js";
import { isDryRun, publishArguments } from "../../../scripts/release/publish.js";
import { type OpenApi, operationsOf, resolve } from "../../../scripts/spec/openapi.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

describe("the description of a version in one file", () => {
  const versions = readdirSync("generated").filter((name) => /^v\d/.test(name));

  test.each(["", ...versions])(
    "generated/%s has all that it refers to, and every operation",
    async (version) => {
      const document = await wholeDescription(join("generated", version, "openapi.json"));
      const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
        ([, ref = ""]) => ref,
      );
      expect(references.length).toBeGreaterThan(500);
      expect(references.filter((ref) => resolve(document, ref) === undefined)).toEqual([]);
      expect(operationsOf(document).length).toBeGreaterThan(100);
    },
  );

  test("takes what is the same from the version it builds on, through others", async () => {
    const files: Record<string, object> = {
      "a/openapi.json": {
        paths: { "/a": { get: { operationId: "A" } } },
        components: { schemas: { Box: {} } },
      },
      "a/v2/openapi.json": {
        paths: { "/a": { $ref: "../openapi.json#/paths/~1a" } },
        components: {
          schemas: { Box: { $ref: "../openapi.json#/components/schemas/Box" }, Lid: { type: "string" } },
        },
      },
      "a/v3/openapi.json": {
        info: { version: "3" },
        paths: { "/a": { $ref: "../v2/openapi.json#/paths/~1a" } },
        components: { schemas: { Lid: { $ref: "../v2/openapi.json#/components/schemas/Lid" } } },
      },
    };
    const read = async (path: string) => JSON.stringify(files[path]);
    expect(await wholeDescription("a/v3/openapi.json", read)).toEqual({
      info: { version: "3" },
      paths: { "/a": { get: { operationId: "A" } } },
      components: { schemas: { Lid: { type: "string" } } },
    });
  });

  test("names what is missing", async () => {
    const lost: Partial<OpenApi> = { paths: { "/a": { $ref: "b.json#/paths/~1b" } } };
    const read = async (path: string) => JSON.stringify(path === "b.json" ? {} : lost);
    await expect(wholeDescription("a.json", read)).rejects.toThrow("a.json refers to b.json#/paths/~1b");
  });
});

test("the SBOM has the package's name, what npm installs, and what is bundled", () => {
  const bill: Bill = {
    bomFormat: "CycloneDX",
    metadata: { component: { "bom-ref": "sdk@1.0.0", name: "folder" } },
    components: [{ "bom-ref": "ws@8.0.0", name: "ws" }],
    dependencies: [{ ref: "sdk@1.0.0", dependsOn: ["ws@8.0.0"] }, { ref: "ws@8.0.0" }],
  };
  const notices =
    "@a/b 2.1.0, (MIT AND BSD-3-Clause): part of it is in shared/b.*.\n\nc 1.0.0\n\nd 3.0.0, MIT: part of it is in d.*.";
  const whole = completed(bill, "sdk", bundledIn(notices));
  expect(whole.metadata.component.name).toBe("sdk");
  expect(whole.components.map(({ name }) => name)).toEqual(["ws", "@a/b", "d"]);
  expect(whole.components[1]).toMatchObject({
    version: "2.1.0",
    purl: "pkg:npm/%40a/b@2.1.0",
    licenses: [{ expression: "(MIT AND BSD-3-Clause)" }],
  });
  expect(whole.dependencies[0]?.dependsOn).toEqual(["ws@8.0.0", "@a/b@2.1.0", "d@3.0.0"]);
});

describe("a dry run", () => {
  let folder: string;
  let registry: Server;
  const asked: string[] = [];

  useTemporaryFolder((path) => {
    folder = path;
  });
  beforeEach(async () => {
    registry = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.writeHead(404).end("{}");
    });
    await new Promise<void>((listening) => registry.listen(0, "127.0.0.1", listening));
  });
  afterEach(() => new Promise((closed) => registry.close(closed)));

  /** Runs npm with a registry of this test. Resolves to what it prints. */
  const npm = async (...args: string[]): Promise<string> => {
    const { port } = registry.address() as AddressInfo;
    const env = {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_cache: join(folder, "cache"),
      npm_config_loglevel: "notice",
    };
    const { stdout, stderr } = await promisify(execFile)("npm", args, { cwd: folder, env });
    return stdout + stderr;
  };

  test("asks the registry nothing, where publishing would", async () => {
    await writeFile(
      join(folder, "package.json"),
      JSON.stringify({ name: "never-published-here", version: "1.0.0" }),
    );
    await npm("pack");
    const tarball = join(folder, "never-published-here-1.0.0.tgz");
    expect(await npm(...publishArguments(tarball, true))).toContain("+ never-published-here@1.0.0");
    expect(asked).toEqual([]);
    const online = publishArguments(tarball, true).filter((argument) => argument !== "--offline");
    await npm(...online);
    expect(asked).not.toEqual([]);
  });
});

test("a release publishes the tarball with provenance", () => {
  expect(publishArguments("a.tgz", false)).toEqual([
    "publish",
    "a.tgz",
    "--access",
    "public",
    "--provenance",
  ]);
});

describe("the arguments of a release", () => {
  test("are none, or --dry-run", () => {
    expect(isDryRun([])).toBe(false);
    expect(isDryRun(["--dry-run"])).toBe(true);
  });

  test.each([
    ["--dryrun", ["--dryrun"]],
    ["--dry-run=true", ["--dry-run=true"]],
    ["now", ["--dry-run", "now"]],
    ["--dry-run", ["--dry-run", "--dry-run"]],
    ["an empty one", [""]],
  ])("are refused with %s", (_, args) => {
    const last = args.at(-1);
    expect(() => isDryRun(args)).toThrow(
      `Unexpected argument ${last}. Give none to publish, or only --dry-run.`,
    );
  });

  test("are looked at before anything is done", async () => {
    // Without a PATH there is no npm, which would build and publish.
    const env = { ...process.env, PATH: "", Path: "" };
    const release = promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "scripts/release.ts", "--dryrun"],
      { env },
    );
    await expect(release).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: "release: Unexpected argument --dryrun. Give none to publish, or only --dry-run.\n",
    });
  }, 60_000);
});
