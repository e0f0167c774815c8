import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { pullDescription } from "../../../../scripts/spec/pull/pull-description.js";
import { SpecError } from "../../../../scripts/spec/spec-error.js";
import { upstreamFile } from "../../../../scripts/spec/workspace.js";
import { listen } from "../../../helpers/listen.js";
import { api, sha256, smallBytes, smallFile, smallWorkspace, temporaryFolder } from "../small-workspace.js";

const OLD = "what was pulled before";

/** A workspace that pulled something before, which every failure must leave as it was. */
function pulledBefore(entry: Parameters<typeof smallWorkspace>[0] = {}) {
  const workspace = smallWorkspace(entry);
  const file = upstreamFile(workspace, api);
  mkdirSync(dirname(file));
  writeFileSync(file, OLD);
  return {
    workspace,
    file,
    expectOld: () => {
      expect(readFileSync(file, "utf8")).toBe(OLD);
      expect(readdirSync(dirname(file))).toEqual([`v${api}.yaml`]);
    },
  };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** A server on the loopback; gives the address of a description on it. */
async function serve(listener: RequestListener): Promise<string> {
  const { host, close } = await listen(createServer(listener), "tcp");
  closing.push(close);
  return `${host.replace("tcp:", "http:")}/v${api}.yaml`;
}

async function failureOf(pulling: Promise<string>): Promise<string> {
  const failure = await pulling.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SpecError);
  return (failure as SpecError).message;
}

describe("a description is pulled", () => {
  test.each([
    { given: "a file", from: async () => smallFile },
    { given: "a folder", from: async () => dirname(smallFile) },
    { given: "an address", from: () => serve((_, response) => response.end(smallBytes)) },
  ])("from $given, and replaces the old file", async ({ from }) => {
    const { workspace, file } = pulledBefore();
    expect(await pullDescription(workspace, api, { from: await from() })).toBe(file);
    expect(readFileSync(file)).toEqual(smallBytes);
    expect(readdirSync(dirname(file))).toEqual([`v${api}.yaml`]);
  });

  test("from the lock's address if no source is named, into a folder that is made", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.end(smallBytes);
    });
    const workspace = smallWorkspace({ url });
    expect(readFileSync(await pullDescription(workspace, api))).toEqual(smallBytes);
    expect(asked).toEqual([`/v${api}.yaml`]);
  });

  test("by two at once", async () => {
    const { workspace, file } = pulledBefore();
    await Promise.all([
      pullDescription(workspace, api, { from: smallFile }),
      pullDescription(workspace, api, { from: smallFile }),
    ]);
    expect(readFileSync(file)).toEqual(smallBytes);
    expect(readdirSync(dirname(file))).toEqual([`v${api}.yaml`]);
  });
});

describe("the old file stays, and the message names source and remedy, when", () => {
  test.each([
    {
      given: "a page of a proxy",
      text: "<html>Please log in</html>",
      want: 'no `swagger: "2.0"` at its top',
    },
    { given: "no YAML", text: "swagger: [", want: "is not YAML: " },
    {
      given: "another description",
      text: 'swagger: "2.0"\n',
      want: `its sha256 is ${sha256('swagger: "2.0"\n')}`,
    },
  ])("the source holds $given", async ({ text, want }) => {
    const { workspace, expectOld } = pulledBefore();
    const source = join(temporaryFolder(), "other.yaml");
    writeFileSync(source, text);
    const url = await serve((_, response) => response.end(text));
    for (const from of [source, url]) {
      const message = await failureOf(pullDescription(workspace, api, { from }));
      expect(message).toContain(`${from} is not`);
      expect(message).toContain(want);
    }
    expectOld();
  });

  test("the lock pins other bytes", async () => {
    const { workspace, expectOld } = pulledBefore({ sha256: sha256("other bytes") });
    const message = await failureOf(pullDescription(workspace, api, { from: smallFile }));
    expect(message).toContain(`${smallFile} is not the description of API ${api} that spec/lock.json pins`);
    expect(message).toContain(`its sha256 is ${sha256(smallBytes)}, the lock says ${sha256("other bytes")}`);
    expect(message).toContain("Take the file of commit c0ffee");
    expectOld();
  });

  test.each([
    { given: "a file that is not there", from: (root: string) => join(root, "nowhere.yaml") },
    { given: "a folder without the version", from: (root: string) => join(root, "spec") },
  ])("the source is $given", async ({ from }) => {
    const { workspace, expectOld } = pulledBefore();
    const message = await failureOf(pullDescription(workspace, api, { from: from(workspace.root) }));
    expect(message).toContain(
      `Cannot read the description of API ${api} from ${from(workspace.root)}: ENOENT`,
    );
    expect(message).toContain(`Name a file, a folder that holds v${api}.yaml, or a URL.`);
    expectOld();
  });

  test.each([
    { status: 404, text: "404 Not Found" },
    { status: 500, text: "500 Internal Server Error" },
  ])("the address answers $status", async ({ status, text }) => {
    const url = await serve((_, response) => response.writeHead(status).end("nothing"));
    const { workspace, expectOld } = pulledBefore({ url });
    const message = await failureOf(pullDescription(workspace, api));
    expect(message).toContain(`Cannot fetch ${url}: it answered ${text}. Check the network`);
    expect(message).toContain("--from FILE|DIR or DOCKER_SPEC_SOURCE");
    expectOld();
  });

  test("the address answers 404 and then goes on and on, which is not waited for", async () => {
    let closed = Promise.resolve();
    const url = await serve((_, response) => {
      closed = new Promise((resolve) => response.on("close", resolve));
      response.writeHead(404).write("nothing");
    });
    const { workspace, expectOld } = pulledBefore({ url });
    expect(await failureOf(pullDescription(workspace, api))).toContain("it answered 404 Not Found");
    await closed;
    expectOld();
  });

  test("the address refuses the connection", async () => {
    const url = await serve(() => undefined);
    await closing.pop()?.();
    const { workspace, expectOld } = pulledBefore({ url });
    const message = await failureOf(pullDescription(workspace, api));
    expect(message).toContain(`Cannot fetch ${url}: connect ECONNREFUSED`);
    expect(message).toContain("Check the network, or name a local copy");
    expectOld();
  });

  test("the connection breaks in the middle of the file", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": String(smallBytes.length) });
      response.write(smallBytes.subarray(0, 100), () => response.destroy());
    });
    const { workspace, expectOld } = pulledBefore({ url });
    expect(await failureOf(pullDescription(workspace, api))).toContain(`Cannot fetch ${url}: `);
    expectOld();
  });

  test("the address does not answer in time", async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    jest.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout(20));
    const url = await serve(() => undefined);
    const { workspace, expectOld } = pulledBefore({ url });
    const message = await failureOf(pullDescription(workspace, api));
    expect(message).toContain(`Cannot fetch ${url}: `);
    expect(message).toContain("timeout");
    expectOld();
  });

  test("the disk is full", async () => {
    const { workspace, file, expectOld } = pulledBefore();
    const { writeFile } = fs;
    jest.spyOn(fs, "writeFile").mockImplementation(async (to) => {
      await writeFile(to, smallBytes.subarray(0, 100));
      throw new Error("ENOSPC: no space left on device");
    });
    const message = await failureOf(pullDescription(workspace, api, { from: smallFile }));
    expect(message).toContain(`Cannot write ${file}: ENOSPC`);
    expectOld();
  });

  test("the new file cannot be put in its place", async () => {
    const { workspace, file } = pulledBefore();
    const folder = dirname(file);
    mkdirSync(join(folder, "v9.8.yaml"));
    const lock = JSON.parse(readFileSync(join(workspace.root, "spec", "lock.json"), "utf8")) as Record<
      string,
      unknown
    >;
    writeFileSync(join(workspace.root, "spec", "lock.json"), JSON.stringify({ "9.8": lock[api] }));
    expect(await failureOf(pullDescription(workspace, "9.8", { from: smallFile }))).toContain(
      `Cannot write ${join(folder, "v9.8.yaml")}: `,
    );
    expect(readdirSync(folder)).toEqual(["v9.8.yaml", `v${api}.yaml`]);
  });
});
