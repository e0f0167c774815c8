import nock from "nock";
import type { Lock } from "../../../../scripts/spec/pull/lock.js";
import { newsSince } from "../../../../scripts/spec/pull/moby-github.js";
import { useNock } from "../../../helpers/use-nock.js";
import { sha256 } from "../small-workspace.js";

useNock();

const lock: Lock = {
  "1.9": { origin: "local", sha256: sha256("nine") },
  "1.10": { origin: "local", sha256: sha256("ten") },
};

/** What upstream has now: the text of each description, and the names in its folder. */
function upstream(texts: Readonly<Record<string, string | number>>, names: readonly string[]): void {
  const raw = nock("https://raw.githubusercontent.com");
  for (const [api, text] of Object.entries(texts)) {
    const get = raw.get(`/moby/moby/HEAD/api/docs/v${api}.yaml`);
    if (typeof text === "number") get.reply(text);
    else get.reply(200, text);
  }
  nock("https://api.github.com")
    .get("/repos/moby/moby/contents/api/docs")
    .reply(
      200,
      names.map((name) => ({ name })),
    );
}

const same = { "1.9": "nine", "1.10": "ten" };
const names = ["v1.9.yaml", "v1.10.yaml"];

test.each([
  { title: "has nothing", texts: same, names, want: [] },
  {
    title: "changed a description",
    texts: { ...same, "1.9": "other" },
    names,
    want: [
      `1.9: upstream changed (sha256 ${sha256("other")}); take the change with: npm run spec -- pull --api 1.9 --repin`,
    ],
  },
  {
    title: "took a description away",
    texts: { ...same, "1.9": 404 },
    names,
    want: [
      "1.9: upstream no longer publishes it (https://raw.githubusercontent.com/moby/moby/HEAD/api/docs/v1.9.yaml answered 404)",
    ],
  },
  {
    title: "has newer versions, not the older ones that the lock never knew",
    texts: same,
    names: [...names, "v1.8.yaml", "v1.12.yaml", "v1.11.yaml"],
    want: [
      "1.11: new upstream; add it with: npm run spec -- pull --api 1.11",
      "1.12: new upstream; add it with: npm run spec -- pull --api 1.12",
    ],
  },
])("upstream $title", async ({ texts, names, want }) => {
  upstream(texts, names);
  expect(await newsSince(lock)).toEqual(want);
});

test.each([
  {
    title: "there is no network",
    answer: (get: nock.Interceptor) =>
      get.replyWithError(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" })),
    want: /Cannot fetch https:\/\/raw\..*ENOTFOUND.*Check the network/,
  },
  {
    title: "GitHub's limit is reached",
    answer: (get: nock.Interceptor) => get.reply(403, "", { "x-ratelimit-remaining": "0" }),
    want: /answered 403 Forbidden \(GitHub's limit of requests; set GITHUB_TOKEN/,
  },
])("the message says what to do when $title", async ({ answer, want }) => {
  answer(nock("https://raw.githubusercontent.com").get("/moby/moby/HEAD/api/docs/v1.9.yaml"));
  await expect(newsSince(lock)).rejects.toThrow(want);
});

test.each([
  { given: "a page of a proxy", body: "<html>Please log in</html>", want: "which is not a JSON list" },
  { given: "another folder", body: [{ name: "README.md" }], want: "lists no vX.YY.yaml" },
])("a listing that is $given is refused", async ({ body, want }) => {
  nock("https://api.github.com").get("/repos/moby/moby/contents/api/docs").reply(200, body);
  await expect(newsSince({})).rejects.toThrow(want);
});

test("a given fetch is used", async () => {
  const asked: string[] = [];
  const fetch = (async (url: string) => {
    asked.push(url);
    return new Response('[{"name":"v1.1.yaml"}]');
  }) as typeof globalThis.fetch;
  expect(await newsSince({}, fetch)).toEqual([
    "1.1: new upstream; add it with: npm run spec -- pull --api 1.1",
  ]);
  expect(asked).toEqual(["https://api.github.com/repos/moby/moby/contents/api/docs"]);
});
