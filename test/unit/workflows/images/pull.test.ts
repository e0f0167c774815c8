import nock from "nock";
import {
  ArgumentError,
  Docker,
  isEngineError,
  type PullOptions,
  StreamError,
} from "../../../../src/index.js";
import { useNock } from "../../../helpers/use-nock.js";

useNock();

const docker = new Docker({ host: "tcp://engine.test:2375" });
const engine = () => nock("http://engine.test:2375");
const lines = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\r\n`).join("");
const digest = `sha256:${"0".repeat(64)}`;

test.each([
  ["alpine", "alpine", "latest"],
  ["alpine:3.20", "alpine", "3.20"],
  ["localhost:5000/team/app", "localhost:5000/team/app", "latest"],
  ["localhost:5000/team/app:1", "localhost:5000/team/app", "1"],
  [`alpine@${digest}`, "alpine", digest],
  [`localhost:5000/app:1@${digest}`, "localhost:5000/app", digest],
])("%s is asked for as %s, %s", async (image, fromImage, tag) => {
  const scope = engine()
    .post("/v1.48/images/create")
    .query({ fromImage, tag })
    .reply(200, lines({ status: "x" }));
  await docker.pull(image);
  scope.done();
});

test("platform and login are sent, progress is told", async () => {
  const auth = { username: "me", password: "p?>" };
  const login = { ...auth, serveraddress: "https://index.docker.io/v1/" };
  const sent = Buffer.from(JSON.stringify(login))
    .toString("base64")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
  engine()
    .post("/v1.48/images/create")
    .matchHeader("X-Registry-Auth", sent)
    .query({ fromImage: "a", tag: "latest", platform: "linux/arm64" })
    .reply(200, lines({ status: "one" }, { status: "two", id: "x" }));
  const seen: unknown[] = [];
  await docker.pull("a", { auth, platform: "linux/arm64", onProgress: (message) => seen.push(message) });
  expect(seen).toMatchObject([
    { type: "message", status: "one", image: "a:latest" },
    { type: "layer", status: "two", id: "x", image: "a:latest" },
  ]);
});

test("without a login none is sent", async () => {
  engine()
    .post("/v1.48/images/create")
    .query(true)
    .reply(200, function () {
      expect(this.req.headers).not.toHaveProperty("x-registry-auth");
      return "";
    });
  await docker.pull("a");
});

test("a failure before and after the answer began is thrown", async () => {
  engine().post("/v1.48/images/create").query(true).reply(404, { message: "no such manifest" });
  expect(isEngineError(await docker.pull("a").catch((error) => error), 404)).toBe(true);
  engine()
    .post("/v1.48/images/create")
    .query(true)
    .reply(200, lines({ status: "x" }, { errorDetail: { message: "manifest unknown" } }));
  const error = await docker.pull("a").catch((caught) => caught);
  expect(error).toBeInstanceOf(StreamError);
  expect(error.message).toBe("ImageCreate failed: manifest unknown");
});

test.each(["", ":1", "a:", "a@", "a@b@c", `a@${digest}@x`, digest, "0".repeat(64)])(
  "the image %j is refused",
  async (image) => {
    await expect(docker.pull(image)).rejects.toThrow(ArgumentError);
  },
);

test.each([
  {
    options: { authconfig: {} },
    says: "pull: the option authconfig is unknown; write auth: { username, password } instead",
  },
  { options: { platfrom: "linux/arm64" }, says: "pull: the option platfrom is unknown" },
  { options: null, says: "pull: the options must be an object, not null" },
  { options: { onProgress: "log" }, says: 'pull: the option onProgress must be a function, not "log"' },
  {
    options: { auth: { user: "hunter2" } },
    says: "the option user is unknown. Known options: username, password",
  },
  { options: { signal: "x" }, says: 'pull: the option signal must be an AbortSignal, not "x"' },
])("the options $options are refused: $says", async ({ options, says }) => {
  const error = await docker.pull("a", options as PullOptions).catch((caught) => caught);
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error.message).toContain(says);
  expect(error.message).not.toContain("hunter2");
});
