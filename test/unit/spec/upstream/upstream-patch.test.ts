import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { correct, loadCorrections } from "../../../../scripts/spec/correct/correct.js";
import { parseSwagger } from "../../../../scripts/spec/pull/description.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { upstreamPatchCommand } from "../../../../scripts/spec/upstream/upstream-patch.js";
import { type Workspace, workspace } from "../../../../scripts/spec/workspace.js";
import { api, smallBytes, smallFile, smallWorkspace, temporaryFolder } from "../small-workspace.js";

jest.setTimeout(120_000);

const OVERLAY = `overlay: 1.0.0
info: { title: Slips, version: 9.9.0 }
actions:
  - target: $.components.schemas.Box.properties.Name
    description: A box may have no name.
    x-rule: true
    update: { nullable: true }
  - target: $.components.schemas.Box.properties.Lid.enum
    description: A lid may be ajar.
    x-matches: 1
    update: [ajar]
  - target: $.components.schemas.Box.properties
    description: Missing so far.
    x-matches: 1
    update: { Weight: { type: integer, format: int64, x-wide: true } }
  - target: $.components.schemas
    description: A lock.
    x-matches: 1
    update: { Lock: { type: object, properties: { Key: { type: string } } }, Spare: { type: object } }
  - target: $.components.schemas.Box.properties
    description: What locks it.
    x-matches: 1
    update: { Lock: { $ref: "#/components/schemas/Lock" } }
  - target: $.components.schemas.Box.properties.Parent
    description: A box may stand alone.
    x-rule: true
    update: { nullable: true }
  - target: $.paths.*[?@.operationId=='BoxList'].parameters[?@.name=='all'].schema.default
    description: There is none.
    x-matches: 1
    remove: true
  - target: $.paths.*[?@.operationId=='BoxList'].parameters
    description: Read as well.
    x-matches: 1
    update: { name: size, in: query, schema: { type: integer } }
  - target: $.paths.*[?@.operationId=='BoxFill'].responses
    description: A box that is full already.
    x-rule: true
    update: { "409": { description: Conflict } }
  - target: $.paths.*[?@.operationId=='BoxFill'].requestBody
    description: There is nothing to fill it with otherwise.
    x-matches: 1
    update: { required: true }
  - target: $.paths.*[?@.operationId=='BoxExport'].responses['200']
    description: It says how heavy it is.
    x-matches: 1
    update: { headers: { Weight: { schema: { type: integer } } } }
  - target: $.paths.*[?@.operationId=='BoxExport'].parameters[?@.name=='platform'].schema
    description: Not text but JSON.
    x-matches: 1
    remove: true
  - target: $.paths.*[?@.operationId=='BoxExport'].parameters[?@.name=='platform']
    description: A platform.
    x-matches: 1
    update: { content: { application/json: { schema: { $ref: "#/components/schemas/Spare" } } } }
  - target: $.components.schemas.Box.properties.description
    description: The client calls it a note.
    x-matches: 1
    x-ours: A name of ours.
    update: { title: Note }
`;

/** The small workspace with the overlay, and with two answers on record. */
function slips(): Workspace {
  const small = smallWorkspace();
  const overlays = join(small.root, "spec", "overlays");
  writeFileSync(join(overlays, "slips.yaml"), OVERLAY);
  appendFileSync(join(overlays, "order.yaml"), "- slips.yaml\n");
  writeFileSync(
    join(small.root, "spec", "required.yaml"),
    "split: []\nrequired: { ErrorResponse: [message] }\n",
  );
  const answer = { engine: "28.5.2 containerd", mediaType: "application/json" };
  const answers = [
    { ...answer, operation: "BoxList", status: 200, fields: { "[]": "object", "[]/Name": "null string" } },
    { ...answer, operation: "BoxFill", status: 409, fields: {} },
  ];
  writeFileSync(
    join(small.root, "spec", "evidence.jsonl"),
    answers.map((one) => JSON.stringify(one)).join("\n"),
  );
  return small;
}

/** Writes the patches of a description; returns their folder. */
async function patchesOf(small: Workspace, version: string, source: string): Promise<string> {
  const log = jest.spyOn(console, "log").mockReturnValue();
  const out = join(temporaryFolder(), "patches");
  await upstreamPatchCommand(small, { api: version, out, file: "api.yaml" }, source);
  log.mockRestore();
  return out;
}

const patchesIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".patch"));

/** What a description becomes when patches are applied in order, without a line of fuzz. */
function applied(
  bytes: string | Buffer,
  folder: string,
  names: readonly string[],
  command: "git" | "patch",
): string {
  const place = temporaryFolder();
  writeFileSync(join(place, "api.yaml"), bytes);
  for (const name of names) {
    const patch = readFileSync(join(folder, name));
    const args =
      command === "git" ? ["apply", "-"] : ["-p1", "--fuzz=0", "--silent", "--no-backup-if-mismatch"];
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(place) };
    execFileSync(command, args, { cwd: place, input: patch, env });
  }
  return readFileSync(join(place, "api.yaml"), "utf8");
}

test("patches say our corrections in the published text, and nothing else", async () => {
  const small = slips();
  const folder = await patchesOf(small, api, smallFile);
  const patched = applied(smallBytes, folder, patchesIn(folder), "git");
  const lines = (text: string): string[] => text.split("\n");
  const published = smallBytes.toString("utf8");
  expect(lines(patched).filter((line) => !lines(published).includes(line))).toEqual([
    "      Name: { type: string, description: What people call the box., example: my favourite box, x-nullable: true }",
    '      Lid: { type: string, x-nullable: true, enum: [open, closed, "", "ajar"], default: closed }',
    "      Weight:",
    '        type: "integer"',
    '        format: "int64"',
    "      Lock:",
    '        $ref: "#/definitions/Lock"',
    "  Lock:",
    '    type: "object"',
    "      Key:",
    '        type: "string"',
    "        - { name: all, in: query, type: boolean, description: Whether hidden boxes count as well. }",
    '        - name: "size"',
    '          in: "query"',
    '          type: "integer"',
    '        200: { description: here it comes, schema: { type: string, format: binary }, headers: { Weight: { type: "integer" } } }',
    "        - { name: inputStream, in: body, schema: { type: string, format: binary }, required: true }",
    "        409:",
    '          description: "Conflict"',
  ]);
  const corrections = await loadCorrections(small);
  const [before, after] = await Promise.all(
    [published, patched].map((text) => correct(parseSwagger(Buffer.from(text), "api.yaml"), corrections)),
  );
  expect(after?.document).toEqual(before?.document);
});

test("a patch says what is wrong, where, and what Engines answered", async () => {
  const folder = await patchesOf(slips(), api, smallFile);
  const texts = patchesIn(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const [text = ""] = texts.filter((one) => one.includes("A box may have no name."));
  expect(text).toMatch(/^api\.yaml: Box: slips\n\n/);
  expect(text).toContain(
    "A box may have no name.\n- Box.Name.x-nullable\n  Seen: in BoxList it was null or string (28.5.2 containerd).\n",
  );
  expect(texts.join("")).toContain(
    "- PUT /boxes/{name}/fill (BoxFill): responses.409\n  Seen: BoxFill answered 409 (28.5.2 containerd).\n",
  );
});

test("what stays here is listed with its reason", async () => {
  const page = readFileSync(join(await patchesOf(slips(), api, smallFile), "README.md"), "utf8");
  const [, stays = ""] = page.split("## What stays here");
  expect(stays).toContain(
    "A name of ours.\n\n- Slips, `$.components.schemas.Box.properties.description`: The client",
  );
  expect(stays).toMatch(
    /parameter that is written as JSON\.\n\n- Slips, .*'platform'\]\.schema`: Not text but JSON\./,
  );
  expect(stays).toContain(
    "Swagger 2.0 ignores what stands beside a reference.\n\n- Slips, `$.components.schemas.Box.properties.Parent`",
  );
  expect(stays).toContain("refer to it.\n\n- Slips, `$.components.schemas.Spare`: A lock.");
  expect(stays).toMatch(/how to work\.\n\n- Kinds, /);
});

/** A folder that patches were written to, after something else was done to it. */
async function changed(change: (folder: string) => void): Promise<string> {
  const folder = await patchesOf(slips(), api, smallFile);
  change(folder);
  return folder;
}

/** A path whose parent is there, after something was made of it. */
async function made(make: (path: string) => void): Promise<string> {
  const path = join(temporaryFolder(), "patches");
  make(path);
  return path;
}

const replacing = (out: string): Promise<void> =>
  upstreamPatchCommand(slips(), { api, out, file: "api.yaml" }, smallFile);

test.each<[string, () => Promise<string>, string]>([
  ["a file", () => made((path) => writeFileSync(path, "mine")), "is not a folder"],
  ["a link to a folder", () => made((path) => symlinkSync(temporaryFolder(), path)), "is not a folder"],
  [
    "a folder with patches of one's own",
    () =>
      made((path) => {
        mkdirSync(path);
        writeFileSync(join(path, "README.md"), "# My work\n");
        writeFileSync(join(path, "0001-my-work.patch"), "mine");
      }),
    "has no README.md of an earlier run",
  ],
  [
    "a folder with a patch without a README.md",
    () =>
      made((path) => {
        mkdirSync(path);
        writeFileSync(join(path, "0001-my-work.patch"), "mine");
      }),
    "has no README.md of an earlier run",
  ],
  [
    "notes that were added",
    () => changed((folder) => writeFileSync(join(folder, "notes.txt"), "mine")),
    "holds notes.txt, which its README.md does not list",
  ],
  [
    "a patch that was added",
    () => changed((folder) => writeFileSync(join(folder, "0001-my-work.patch"), "mine")),
    "holds 0001-my-work.patch, which its README.md does not list",
  ],
  [
    "a folder named like a listed patch",
    () =>
      changed((folder) => {
        const [patch = ""] = patchesIn(folder);
        rmSync(join(folder, patch));
        mkdirSync(join(folder, patch));
        writeFileSync(join(folder, patch, "mine.txt"), "mine");
      }),
    ".patch, which is not a file",
  ],
])("--out leaves alone %s", async (_what, prepare, why) => {
  const out = await prepare();
  const tree = (): string[] => readdirSync(dirname(out), { recursive: true }).map(String).sort();
  const before = tree();
  const failure = await replacing(out).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  const { message } = failure as SpecError;
  expect(message).toContain(`${out} `);
  expect(message).toContain(why);
  expect(message).toMatch(/, and --out would replace it\. Choose another folder\.$/);
  expect(tree()).toEqual(before);
});

test("an empty folder and that of an earlier run are replaced", async () => {
  const out = await made((path) => mkdirSync(path));
  const log = jest.spyOn(console, "log").mockReturnValue();
  await replacing(out);
  const first = readdirSync(out);
  rmSync(join(out, patchesIn(out)[0] as string));
  await replacing(out);
  log.mockRestore();
  expect(first).toContain("README.md");
  expect(readdirSync(out)).toEqual(first);
});

test("a description has to be at hand", async () => {
  await expect(
    upstreamPatchCommand(slips(), { api, out: join(temporaryFolder(), "patches") }, undefined),
  ).rejects.toThrow(
    `The published description of API ${api} is not at hand, and the patches are of its lines.`,
  );
});

// In a clone, the published descriptions are not at hand.
const source = process.env.DOCKER_SPEC_SOURCE;
if (source)
  test.each(["1.48", "1.55"])(
    "of API %s, each patch applies on its own, and all in any order",
    async (version) => {
      const published = readFileSync(join(source, `v${version}.yaml`));
      const folder = await patchesOf(workspace, version, source);
      const names = patchesIn(folder);
      const place = temporaryFolder();
      writeFileSync(join(place, "api.yaml"), published);
      const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(place) };
      for (const name of names)
        execFileSync("git", ["apply", "--check", join(folder, name)], { cwd: place, env });
      const all = applied(published, folder, names, "git");
      expect(applied(published, folder, names.toReversed(), "patch")).toBe(all);
      const corrections = await loadCorrections(workspace);
      const [before, after] = await Promise.all(
        [published, Buffer.from(all)].map((bytes) => correct(parseSwagger(bytes, "api.yaml"), corrections)),
      );
      const list = (part: object | undefined): string[] => Object.keys(part ?? {}).sort();
      expect(list(after?.document.components?.schemas)).toEqual(list(before?.document.components?.schemas));
      expect(after?.problems.length).toBeGreaterThan(0);
    },
  );
