/** Compares the two reports in a folder: compare.mjs FOLDER. Fails if the tests fail with this SDK only, and are not expected to;
 * without a report of dockerode, if any fails that is not expected to. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What cannot pass with another client, and why. */
const EXPECTED = {
  "container-runtime/clients/container/docker-container-client.test.ts: DockerContainerClient exec should not truncate output when the demuxed streams flush after the raw stream ends":
    "it hands the client a fake of dockerode's streams",
};

async function outcomes(client) {
  const file = join(process.argv[2], `${client}.json`);
  if (!existsSync(file)) return new Map();
  const { testResults } = JSON.parse(await readFile(file, "utf8"));
  return new Map(
    testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status, failureMessages }) => [
        `${name.replace(/^.*\/src\//, "")}: ${fullName}`,
        { status, message: failureMessages?.[0]?.split("\n")[0] },
      ]),
    ),
  );
}

const [dockerode, sdk] = await Promise.all(["dockerode", "docker-engine-sdk"].map(outcomes));
const count = (results, status) => [...results.values()].filter((result) => result.status === status).length;
for (const [name, results] of Object.entries({ dockerode, "docker-engine-sdk": sdk })) {
  const [passed, failed] = [count(results, "passed"), count(results, "failed")];
  console.log(
    `${name}: ${passed} passed, ${failed} failed, ${results.size - passed - failed} skipped by the suite`,
  );
}

const failed = (results, test) => results.get(test)?.status === "failed";
const tests = [...new Set([...dockerode.keys(), ...sdk.keys()])].sort();
const groups = {
  "Failed with both": tests.filter((test) => failed(dockerode, test) && failed(sdk, test)),
  "Failed with dockerode only": tests.filter((test) => failed(dockerode, test) && !failed(sdk, test)),
  "Failed with docker-engine-sdk only": tests.filter((test) => !failed(dockerode, test) && failed(sdk, test)),
  "Ran with one of them only": tests.filter(
    (test) => dockerode.size > 0 && dockerode.has(test) !== sdk.has(test),
  ),
};
for (const [title, group] of Object.entries(groups)) {
  console.log(`\n${title}: ${group.length}`);
  for (const test of group)
    console.log(
      `  ${test}\n      ${EXPECTED[test] ?? sdk.get(test)?.message ?? dockerode.get(test)?.message}`,
    );
}
const unexpected = [
  ...groups["Failed with docker-engine-sdk only"],
  ...groups["Ran with one of them only"],
].filter((test) => !(test in EXPECTED));
process.exitCode = sdk.size === 0 || unexpected.length > 0 ? 1 : 0;
