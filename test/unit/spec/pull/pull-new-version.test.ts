import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import nock from "nock";
import { lockEntry as entryOf, readLock } from "../../../../scripts/spec/pull/lock.js";
import { newestVersion, pullDescription } from "../../../../scripts/spec/pull/pull-description.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { upstreamFile } from "../../../../scripts/spec/workspace.js";
import { useNock } from "../../../helpers/use-nock.js";
import {
  api,
  lockEntry,
  sha256,
  smallBytes,
  smallFile,
  smallWorkspace,
  temporaryFolder,
} from "../small-workspace.js";

useNock();

const NEW = "9.10";
const newBytes = Buffer.from(smallBytes.toString("utf8").replaceAll(api, NEW));

/** A folder that holds the new version as well. */
function folderOfBoth(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, `v${api}.yaml`), smallBytes);
  writeFileSync(join(folder, `v${NEW}.yaml`), newBytes);
  writeFileSync(join(folder, "README.md"), "");
  return folder;
}

const failureOf = async (pulling: Promise<unknown>): Promise<string> => {
  const failure = await pulling.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  return (failure as SpecError).message;
};

describe("a version that the lock does not know", () => {
  test.each([
    { given: "file", from: () => join(folderOfBoth(), `v${NEW}.yaml`) },
    { given: "folder", from: folderOfBoth },
  ])("is recorded from a $given with its hash, as local", async ({ from }) => {
    const workspace = smallWorkspace();
    const file = await pullDescription(workspace, NEW, { from: from() });
    expect(file).toBe(upstreamFile(workspace, NEW));
    expect(readFileSync(file)).toEqual(newBytes);
    expect(await readLock(workspace)).toEqual({
      [api]: lockEntry,
      [NEW]: { origin: "local", sha256: sha256(newBytes) },
    });
  });

  test("is pinned to the last commit that touched it upstream", async () => {
    const commit = "c".repeat(40);
    const path = `api/docs/v${NEW}.yaml`;
    nock("https://api.github.com")
      .get("/repos/moby/moby/commits")
      .query({ path, per_page: "1" })
      .reply(200, [{ sha: commit }]);
    nock("https://raw.githubusercontent.com").get(`/moby/moby/${commit}/${path}`).reply(200, newBytes);
    const workspace = smallWorkspace();
    await pullDescription(workspace, NEW);
    expect(await entryOf(workspace, NEW)).toEqual({
      repository: "https://github.com/moby/moby",
      commit,
      path,
      url: `https://raw.githubusercontent.com/moby/moby/${commit}/${path}`,
      sha256: sha256(newBytes),
    });
  });

  test("is refused if upstream has no such version, naming those it has", async () => {
    nock("https://api.github.com").get("/repos/moby/moby/commits").query(true).reply(200, []);
    nock("https://api.github.com")
      .get("/repos/moby/moby/contents/api/docs")
      .reply(200, [{ name: "v1.100.yaml" }, { name: "v1.18.yaml" }, { name: "README.md" }]);
    const workspace = smallWorkspace();
    expect(await failureOf(pullDescription(workspace, NEW))).toContain(
      "api/docs/v9.10.yaml: it has 1.18 to 1.100.",
    );
    expect(await readLock(workspace)).toEqual({ [api]: lockEntry });
  });

  test.each([
    { given: NEW, from: () => smallFile, want: `describes API ${api}, not ${NEW}. Nothing was recorded.` },
    { given: "1.43", from: () => smallFile, want: "API 1.43 is older than 1.44" },
    {
      given: "newest",
      from: () => smallFile,
      want: '"newest" is not an API version such as "1.48".',
    },
    { given: "../9.9", from: () => smallFile, want: '"../9.9" is not an API version' },
  ])("is not recorded when it is $given and the source is not", async ({ given, from, want }) => {
    const workspace = smallWorkspace();
    expect(await failureOf(pullDescription(workspace, given, { from: from() }))).toContain(want);
    expect(await readLock(workspace)).toEqual({ [api]: lockEntry });
    expect(existsSync(join(workspace.root, "spec", "upstream"))).toBe(false);
  });

  test("recorded from a file needs that file again in another clone", async () => {
    const workspace = smallWorkspace();
    mkdirSync(join(workspace.root, "spec"), { recursive: true });
    const lock = { [NEW]: { origin: "local", sha256: sha256(newBytes) } };
    writeFileSync(join(workspace.root, "spec", "lock.json"), JSON.stringify(lock));
    expect(await failureOf(pullDescription(workspace, NEW))).toContain(
      "recorded from a local file. Name it with --from",
    );
    expect(await pullDescription(workspace, NEW, { from: folderOfBoth() })).toBe(
      upstreamFile(workspace, NEW),
    );
  });
});

describe("repin", () => {
  const changed = Buffer.concat([smallBytes, Buffer.from("# changed\n")]);

  test("accepts what the source has now, and pins that", async () => {
    const workspace = smallWorkspace();
    const source = join(temporaryFolder(), "changed.yaml");
    writeFileSync(source, changed);
    expect(await failureOf(pullDescription(workspace, api, { from: source }))).toContain(
      "or add --repin if the change",
    );
    await pullDescription(workspace, api, { from: source, repin: true });
    expect(await entryOf(workspace, api)).toEqual({ origin: "local", sha256: sha256(changed) });
  });

  test("keeps the commit of an entry whose bytes are the same", async () => {
    const workspace = smallWorkspace();
    await pullDescription(workspace, api, { from: smallFile, repin: true });
    expect(await entryOf(workspace, api)).toEqual(lockEntry);
  });
});

describe("the newest version", () => {
  test("of a folder counts 9.10 as newer than 9.9", async () => {
    expect(await newestVersion(folderOfBoth())).toBe(NEW);
  });

  test("of upstream is the last of those it lists", async () => {
    nock("https://api.github.com")
      .get("/repos/moby/moby/contents/api/docs")
      .reply(200, [{ name: "v1.9.yaml" }, { name: "v1.55.yaml" }, { name: "v1.6.yaml" }]);
    expect(await newestVersion()).toBe("1.55");
  });

  test.each([
    { given: "a file", from: smallFile },
    { given: "nothing", from: "/nowhere" },
  ])("cannot be chosen from $given", async ({ from }) => {
    expect(await failureOf(newestVersion(from))).toContain(`${from} is not a folder of vX.YY.yaml files`);
  });
});
