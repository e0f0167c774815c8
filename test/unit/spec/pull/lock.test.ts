import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockEntry, readLock, writeLockEntry } from "../../../../scripts/spec/pull/lock.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { api, repository, lockEntry as small, smallWorkspace, temporaryFolder } from "../small-workspace.js";

/** A workspace whose spec/lock.json is this text; without one, it has no lock. */
function workspaceOf(text?: string): { root: string } {
  const root = temporaryFolder();
  mkdirSync(join(root, "spec"));
  if (text !== undefined) writeFileSync(join(root, "spec", "lock.json"), text);
  return { root };
}

test("the entry of a version is read", async () => {
  expect(await lockEntry(smallWorkspace(), api)).toEqual(small);
});

test.each([
  {
    given: "a version that is not in it",
    text: '{"1.47":{},"1.48":{}}',
    want: "which knows 1.47, 1.48. Add it with: npm run spec -- pull --api 9.9",
  },
  { given: "an empty list", text: "{}", want: "API version 9.9 is not in spec/lock.json" },
  { given: "null", text: "null", want: "API version 9.9 is not in spec/lock.json" },
  { given: "no file", text: undefined, want: "lock.json cannot be read as JSON: ENOENT" },
  { given: "half a file", text: '{"9.9": {"comm', want: "lock.json cannot be read as JSON: " },
  {
    given: "a conflict of git",
    text: "<<<<<<< HEAD\n{}",
    want: "Restore it with: git checkout -- spec/lock.json",
  },
  {
    given: "an entry without its hash",
    text: '{"9.9":{"repository":"r","commit":"c","path":"p","url":"u"}}',
    want: "the entry 9.9 has no sha256",
  },
  { given: "an entry that is text", text: '{"9.9":"c0ffee"}', want: "the entry 9.9 has no repository" },
])("a lock with $given is refused", async ({ text, want }) => {
  const failure = await lockEntry(workspaceOf(text), api).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  expect((failure as Error).message).toContain(want);
});

test("an entry recorded from a local file needs its hash only", async () => {
  expect(await lockEntry(workspaceOf('{"9.9":{"origin":"local","sha256":"s"}}'), api)).toEqual({
    origin: "local",
    sha256: "s",
  });
  await expect(lockEntry(workspaceOf('{"9.9":{"origin":"local"}}'), api)).rejects.toThrow(
    "the entry 9.9 has no sha256",
  );
});

test("an entry is added in the order of age, and the others stay", async () => {
  const workspace = workspaceOf('{"1.9":{},"1.51":{}}');
  await writeLockEntry(workspace, "1.10", small);
  expect(Object.entries(await readLock(workspace))).toEqual([
    ["1.9", {}],
    ["1.10", small],
    ["1.51", {}],
  ]);
  expect(readFileSync(join(workspace.root, "spec", "lock.json"), "utf8")).toMatch(/^\{\n {2}"1\.9".*\}\n$/s);
});

test("a version called like a method of objects is not in the lock", async () => {
  await expect(lockEntry(smallWorkspace(), "toString")).rejects.toThrow(
    "API version toString is not in spec/lock.json",
  );
});

test("the committed lock pins every version by commit, address and hash", () => {
  const lock = JSON.parse(readFileSync(join(repository, "spec", "lock.json"), "utf8")) as Record<
    string,
    typeof small
  >;
  expect(Object.keys(lock)).toContain("1.48");
  for (const entry of Object.values(lock)) {
    expect(entry.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(entry.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(entry.url).toContain(`/${entry.commit}/${entry.path}`);
  }
});
