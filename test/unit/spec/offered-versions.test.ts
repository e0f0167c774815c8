import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { offeredVersions } from "../../../scripts/spec/offered-versions.js";
import { temporaryFolder } from "./small-workspace.js";

function workspaceWith(packageJson: object) {
  const root = temporaryFolder();
  writeFileSync(join(root, "package.json"), JSON.stringify(packageJson));
  return { root };
}

test("the entry . has dockerApiVersion, whatever the package's own version", async () => {
  const workspace = workspaceWith({ version: "3.2.1", dockerApiVersion: "1.48" });
  for (const folder of ["v1.51", "v1.9"])
    mkdirSync(join(workspace.root, "generated", folder), { recursive: true });
  expect(await offeredVersions(workspace)).toEqual(["1.48", "1.9", "1.51"]);
});

test.each([undefined, 1.48, "v1.48", "1.48.0"])(
  "the dockerApiVersion %p is refused",
  async (dockerApiVersion) => {
    const workspace = workspaceWith({ version: "1.48.0", dockerApiVersion });
    await expect(offeredVersions(workspace)).rejects.toThrow(
      `has the dockerApiVersion ${JSON.stringify(dockerApiVersion)}; state the API version of the entry`,
    );
  },
);
