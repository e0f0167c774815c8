import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "..", ".github", "workflows");

/** Tags can be moved to other code; commits cannot. */
test.each(readdirSync(folder))("%s uses actions by commit, and names their version", (name) => {
  const used = readFileSync(join(folder, name), "utf8").match(/uses: .*/g) ?? [];
  expect(used.filter((line) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});
