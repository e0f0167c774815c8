/** Compares two reports of the same tests: compare.mjs DOCKERODE SDK. Fails if the second has failures of its own. */
import { readFile } from "node:fs/promises";

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

const failedIn = (results, test) => results.get(test)?.status !== "passed";
const tests = [...new Set([...dockerode.keys(), ...sdk.keys()])].filter(
  (test) =>
    dockerode.get(test)?.status === "passed" ||
    dockerode.get(test)?.status === "failed" ||
    sdk.get(test)?.status === "failed",
);
const groups = {
  "Failed with both": tests.filter((test) => failedIn(dockerode, test) && failedIn(sdk, test)),
  "Failed with dockerode only": tests.filter((test) => failedIn(dockerode, test) && !failedIn(sdk, test)),
  "Failed with docker-engine-sdk only": tests.filter(
    (test) => !failedIn(dockerode, test) && failedIn(sdk, test),
  ),
};
for (const [title, group] of Object.entries(groups)) {
  console.log(`\n${title}: ${group.length}`);
  for (const test of group)
    console.log(`  ${test}\n      ${sdk.get(test)?.message ?? dockerode.get(test)?.message ?? "not run"}`);
}
process.exitCode = groups["Failed with docker-engine-sdk only"].length > 0 ? 1 : 0;
