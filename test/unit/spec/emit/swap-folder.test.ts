import fs, { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { differences, swapIn } from "../../../../scripts/spec/emit/swap-folder.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { temporaryFolder } from "../small-workspace.js";

/** A folder with the given files, alone in its parent. */
async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = join(temporaryFolder(), "generated");
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function contents(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

const siblings = (folder: string): Promise<string[]> => readdir(join(folder, ".."));
const fresh = new Map([
  ["a.ts", "new a"],
  ["b.ts", "new b"],
]);

describe("swapIn", () => {
  test("replaces the whole folder, including stray files", async () => {
    const folder = await folderWith({ "a.ts": "old a", "stray.ts": "old" });
    await swapIn(folder, fresh);
    expect(await contents(folder)).toEqual({ "a.ts": "new a", "b.ts": "new b" });
    expect(await siblings(folder)).toEqual(["generated"]);
  });

  test("makes the folder where there is none", async () => {
    const folder = join(temporaryFolder(), "generated");
    await swapIn(folder, fresh);
    expect(await contents(folder)).toEqual({ "a.ts": "new a", "b.ts": "new b" });
    expect(await siblings(folder)).toEqual(["generated"]);
  });

  test("writes files into folders, and keeps the old ones it is told to", async () => {
    const folder = await folderWith({ "a.ts": "old a", "stray.ts": "old" });
    await mkdir(join(folder, "v1.51"));
    await writeFile(join(folder, "v1.51", "a.ts"), "old 1.51");
    await swapIn(folder, new Map([["v1.50/a.ts", "new 1.50"]]), (path) => path !== "stray.ts");
    expect(await readdir(folder, { recursive: true })).toEqual(
      expect.arrayContaining(["a.ts", join("v1.50", "a.ts"), join("v1.51", "a.ts")]),
    );
    expect(await differences(folder, new Map([["a.ts", "old a"]]))).toEqual(["v1.50/a.ts", "v1.51/a.ts"]);
    expect(await siblings(folder)).toEqual(["generated"]);
  });

  const old = { "a.ts": "old a", "c.ts": "old c" };

  test("changes nothing if a file cannot be written", async () => {
    const folder = await folderWith(old);
    const failure = swapIn(folder, new Map([...fresh, ["a.ts/no-folder.ts", ""]]));
    await expect(failure).rejects.toThrow(SpecError);
    await expect(failure).rejects.toThrow(`Cannot replace ${folder}, which is as it was: E`);
    expect(await contents(folder)).toEqual(old);
    expect(await siblings(folder)).toEqual(["generated"]);
  });

  /** Makes one rename fail as an open file does on Windows. */
  function failRename(which: (to: string, call: number) => boolean): void {
    const { rename } = fs;
    let calls = 0;
    jest.spyOn(fs, "rename").mockImplementation((from, to) => {
      calls++;
      if (!which(String(to), calls)) return rename(from, to);
      return Promise.reject(Object.assign(new Error("EPERM: operation not permitted"), { code: "EPERM" }));
    });
  }

  test.each([
    { title: "the old folder cannot be moved away", call: 1 },
    { title: "the new folder cannot be moved in", call: 2 },
  ])("puts everything back if $title", async ({ call: failing }) => {
    const folder = await folderWith(old);
    failRename((_, call) => call === failing);
    await expect(swapIn(folder, fresh)).rejects.toThrow(
      `Cannot replace ${folder}, which is as it was: EPERM: operation not permitted`,
    );
    expect(await contents(folder)).toEqual(old);
    expect(await siblings(folder)).toEqual(["generated"]);
  });

  test("keeps the old files where they are if they cannot be put back", async () => {
    const folder = await folderWith(old);
    failRename((to) => to === folder);
    await expect(swapIn(folder, fresh)).rejects.toThrow("EPERM");
    const [left] = await siblings(folder);
    expect(await contents(join(folder, "..", left ?? "", "old"))).toEqual(old);
  });

  test("leaves one complete set of files when two run at once", async () => {
    const folder = await folderWith(old);
    const sets = ["x", "y"].map((text) => ({ "a.ts": text, [`${text}.ts`]: text }));
    await Promise.allSettled(sets.map((set) => swapIn(folder, new Map(Object.entries(set)))));
    expect(sets).toContainEqual(await contents(folder));
  });
});

describe("differences", () => {
  const same = { "a.ts": "new a", "b.ts": "new b" };
  test.each([
    { title: "nothing differs", given: same, want: [] },
    { title: "a file has changed by one byte", given: { ...same, "b.ts": "new B" }, want: ["b.ts"] },
    { title: "a file ends in one line more", given: { ...same, "b.ts": "new b\n" }, want: ["b.ts"] },
    { title: "a file is missing", given: { "b.ts": "new b" }, want: ["a.ts"] },
    { title: "a file is stray", given: { ...same, "c.ts": "" }, want: ["c.ts"] },
    { title: "all of these", given: { "c.ts": "", "b.ts": "old" }, want: ["a.ts", "b.ts", "c.ts"] },
  ])("are listed: $title", async ({ given, want }) => {
    expect(await differences(await folderWith(given), fresh)).toEqual(want);
  });

  test("of a folder that is not there are all files", async () => {
    expect(await differences(join(temporaryFolder(), "generated"), fresh)).toEqual(["a.ts", "b.ts"]);
  });
});
