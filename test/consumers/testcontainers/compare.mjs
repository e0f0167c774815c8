/** Compares two reports of the same tests: compare.mjs DOCKERODE SDK. Fails if the second has failures of its own
 * that are not expected. */
import { readFile } from "node:fs/promises";

/** What cannot pass with another client, and why. */
const EXPECTED = {
  "container-runtime/clients/container/docker-container-client.test.ts: DockerContainerClient exec should not truncate output when the demuxed streams flush after the raw stream ends":
    "it hands the client a fake of dockerode's streams",
};

async function outcomes(file) {
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

const [dockerode, sdk] = await Promise.all(process.argv.slice(2, 4).map(outcomes));
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
  "Ran with one of them only": tests.filter((test) => dockerode.has(test) !== sdk.has(test)),
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
process.exitCode = dockerode.size === 0 || unexpected.length > 0 ? 1 : 0;
