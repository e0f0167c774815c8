import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { operations } from "#generated/operations.js";
import type { Equivalents } from "../../scripts/docs/operations.js";
import { Docker } from "../../src/docker.js";
import { type TemporaryFolder, temporaryFolder } from "../helpers/temporary-folder.js";

const file = join(process.cwd(), "scripts/docs/equivalents.yaml");
const equivalents = parse(readFileSync(file, "utf8")) as Equivalents;

type Method = (...args: unknown[]) => unknown;
type Handles = Readonly<Record<string, { prototype: Readonly<Record<string, Method>> }>>;

let temporary: TemporaryFolder;
let handles: Handles;

/** The method of dockerode that the map names, such as container.start. */
function methodOf(name: string): Method | undefined {
  const [handle = "", method = ""] = name.split(".");
  return handles[handle]?.prototype[method];
}

beforeAll(async () => {
  temporary = await temporaryFolder();
  const { path } = temporary;
  const options = ["--prefix", path, "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
  execFileSync("npm", ["install", "--silent", ...options, "dockerode@5.0.1"], { cwd: path });
  const require = createRequire(join(path, "index.js"));
  const names = "config container exec image network node plugin secret service task volume".split(" ");
  const entries = names.map((name) => [name, require(`dockerode/lib/${name}`)]);
  handles = { docker: require("dockerode"), modem: require("docker-modem"), ...Object.fromEntries(entries) };
});
afterAll(() => temporary.remove());

test("the map has each operation once, and nothing else", () => {
  expect(Object.keys(equivalents.operations).sort()).toEqual(Object.keys(operations).sort());
});

test("each workflow of the map is a method of the client", () => {
  const methods = Object.getOwnPropertyNames(Docker.prototype);
  expect(methods).toEqual(expect.arrayContaining(Object.keys(equivalents.workflows)));
});

test("each of dockerode's methods in the map sends the request of its operation", () => {
  const wrong = Object.entries(equivalents.operations).flatMap(([id, { dockerode }]) => {
    if (!dockerode) return [];
    const { method, path } = operations[id as keyof typeof operations];
    const source = methodOf(dockerode)?.toString() ?? "";
    const sent = {
      // As in: path: '/containers/' + this.id + '/start?',
      path: /\bpath: (.*),$/m
        .exec(source)?.[1]
        ?.replaceAll(/this\.\w+/g, "{}")
        .replaceAll(/[' +?]/g, ""),
      method: /\bmethod: ?'(\w+)'/.exec(source)?.[1],
    };
    const wanted = { path: path.replaceAll(/\{\w+\}/g, "{}"), method };
    return sent.path === wanted.path && sent.method === wanted.method ? [] : [{ id, dockerode, sent }];
  });
  expect(wrong).toEqual([]);
});

test("each of dockerode's methods beside a workflow exists", () => {
  const named = Object.values(equivalents.workflows).flatMap(({ dockerode }) => dockerode ?? []);
  expect(named.filter((name) => !methodOf(name))).toEqual([]);
});
