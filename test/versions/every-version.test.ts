import nock from "nock";
import { apiVersion, operations } from "#generated/operations.js";
import packageJson from "../../package.json" with { type: "json" };
import { Docker } from "../../src/index.js";
import { failure, mockEngine } from "../../src/testing/index.js";
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

test("the test kit answers in the version of the generated files", async () => {
  const engine = mockEngine();
  engine.on("containerList").reply(200, []);
  const mocked = new Docker(engine.options);
  const { headers } = await mocked.containerList().result();
  expect(headers?.get("api-version")).toBe(apiVersion);
  await mocked.close();
});

test("a failed call of the test kit knows the failures that the version declares for an export", async () => {
  const kinds = [400, 401, 404, 409, 500].map(async (status) => {
    const { kind } = await failure(status, "no").result();
    return kind === "errorResponse" ? [status] : [];
  });
  expect((await Promise.all(kinds)).flat()).toEqual(operations.ImageGet.failures);
});
