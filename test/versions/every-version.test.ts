import nock from "nock";
import { apiVersion, operations } from "#generated/operations.js";
import packageJson from "../../package.json" with { type: "json" };
import { Docker } from "../../src/index.js";
import { useNock } from "../helpers/use-nock.js";

// Runs once for each API version in generated/, on its files.
useNock();
const docker = new Docker({ host: "unix:///var/run/docker.sock" });

test("every operation is a method of the client", () => {
  const names = Object.keys(operations).map((id) => `${id[0]?.toLowerCase()}${id.slice(1)}`);
  expect(names.length).toBeGreaterThan(0);
  const methods = docker as unknown as Record<string, unknown>;
  expect(names.filter((name) => typeof methods[name] !== "function")).toEqual([]);
});

test("the User-Agent names the version of the package, and that of the generated files", async () => {
  const userAgent = `docker-engine-sdk/${packageJson.version} (api ${apiVersion})`;
  nock("http://localhost", { reqheaders: { "User-Agent": userAgent } })
    .get(/info/)
    .reply(200, {});
  expect(await docker.systemInfo()).toEqual({});
});

test("requests go to the version of the generated files", async () => {
  nock("http://localhost").get(`/v${apiVersion}/containers/json`).reply(200, []);
  expect(await docker.containerList()).toEqual([]);
});
