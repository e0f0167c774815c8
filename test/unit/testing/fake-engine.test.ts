import { once } from "node:events";
import { existsSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { ArgumentError, Docker } from "../../../src/index.js";
import {
  type FakeEngine,
  type FakeEngineOptions,
  type FakeImage,
  startFakeEngine,
} from "../../../src/testing/index.js";
import { readDescription } from "../../conformance/description.js";
import { Validator } from "../../conformance/validator.js";
import { bytesOf } from "../../helpers/streams.js";

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v5"];
let fake: FakeEngine;
let docker: Docker;

beforeAll(async () => {
  fake = await startFakeEngine({
    images: [{ name: "demo", platforms }, { name: "org/app:1" }, { name: "localhost:5000/app:2" }],
  });
  docker = new Docker({ host: fake.host });
});

afterAll(async () => {
  await docker.close();
  await fake.close();
});

/** What stands on the wire. */
async function rawAnswer(path: string) {
  const socketPath = fake.host.replace("unix://", "");
  const request = get({
    ...(socketPath === fake.host ? { port: new URL(fake.host).port } : { socketPath }),
    path,
    agent: false,
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const body = await text(response);
  const mediaType = response.headers["content-type"];
  return { status: response.statusCode ?? 0, mediaType, body };
}

async function filesOf(image: string, platform?: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const tar = await docker.imageGet(image, platform);
  for await (const entry of tar.toNode().pipe(extract())) {
    files.set(entry.header.name, (await bytesOf(entry)).toString());
  }
  return files;
}

test("answers ping, image list and inspect", async () => {
  expect(await docker.systemPing()).toBe("OK");
  const images = await docker.imageList();
  expect(images.map(({ RepoTags }) => RepoTags)).toEqual([
    ["demo:latest"],
    ["org/app:1"],
    ["localhost:5000/app:2"],
  ]);
  expect(await docker.imageInspect("org/app:1")).toMatchObject({
    Os: "linux",
    Architecture: "amd64",
  });
});

test("exports all platforms, or the requested one", async () => {
  const whole = await filesOf("demo");
  const one = await filesOf("demo:latest", "linux/arm/v5");
  expect([...whole.keys()].filter((name) => name.startsWith("blobs/"))).toHaveLength(1 + 3 * 3);
  expect([...one.keys()].filter((name) => name.startsWith("blobs/"))).toHaveLength(3);
  expect(JSON.parse(one.get("index.json") ?? "").manifests).toMatchObject([
    { platform: { os: "linux", architecture: "arm", variant: "v5" } },
  ]);
  const [saved] = JSON.parse(one.get("manifest.json") ?? "");
  expect(saved).toMatchObject({
    RepoTags: ["demo:latest"],
    Config: expect.stringMatching(/^blobs\/sha256\//),
  });
  for (const name of [saved.Config, ...saved.Layers]) expect([...one.keys()]).toContain(name);
});

test("answers as an Engine does what it does not have", async () => {
  expect(await docker.imageGet("nope").result()).toMatchObject({ kind: "errorResponse", status: 404 });
  expect(await docker.imageGet("demo", "linux/s390x").result()).toMatchObject({
    kind: "errorResponse",
    status: 404,
  });
  expect(await docker.containerInspect("nope").result()).toMatchObject({ ok: false, status: 404 });
});

describe("finds an image", () => {
  test.each([
    ["by its name", "demo"],
    ["by name and tag", "demo:latest"],
    ["by its name at Docker Hub", "docker.io/library/demo"],
    ["by name at a registry with a port", "localhost:5000/app:2"],
  ])("%s", async (_, reference) => {
    expect((await docker.imageInspect(reference)).Id).toMatch(/^sha256:/);
  });

  test("by ID, by the beginning of one, and by digest", async () => {
    const { Id, RepoDigests } = await docker.imageInspect("localhost:5000/app:2");
    const hex = Id.slice("sha256:".length);
    expect(RepoDigests).toEqual([`localhost:5000/app@${Id}`]);
    for (const reference of [
      Id,
      hex,
      hex.slice(0, 12),
      `sha256:${hex.slice(0, 12)}`,
      `localhost:5000/app@${Id}`,
    ]) {
      expect((await docker.imageInspect(reference)).RepoTags).toEqual(["localhost:5000/app:2"]);
    }
    expect((await (await docker.imageGet(Id)).bytes()).length).toBeGreaterThan(1024);
    const others = [`demo@${Id}`, "0000", hex.slice(0, 3), "localhost:5000/app"];
    for (const reference of others) {
      expect(await docker.imageInspect(reference).result()).toMatchObject({ ok: false, status: 404 });
    }
  });
});

test("answers HEAD /_ping, with and without a version, and refuses a newer one", async () => {
  const ping = await docker.systemPingHead().result();
  expect(ping).toMatchObject({ ok: true, status: 200 });
  expect(ping.headers?.get("api-version")).toMatch(/^1\.\d+$/);
  // A body that can be read once has the SDK ask for the version first.
  const loaded = await docker.imageLoad({ body: Readable.from([Buffer.from("tar")]) }).result();
  expect(loaded).toMatchObject({ ok: false, status: 501 });
  await using newer = new Docker({ host: fake.host, apiVersion: "1.99" });
  expect(await newer.systemPing().result()).toMatchObject({
    ok: false,
    status: 400,
    error: { message: expect.stringContaining("client version 1.99 is too new") },
  });
});

test.each([
  ["ImageList", 200, "/images/json"],
  ["ImageInspect", 200, "/images/demo/json"],
  ["ImageInspect", 404, "/images/nope/json"],
  ["ImageGet", 200, "/images/demo/get"],
  ["ImageGet", 400, "/images/demo/get?platform=5"],
])("answers %s with %d as the description says", async (operation, status, path) => {
  const answer = await rawAnswer(path);
  expect(answer.status).toBe(status);
  expect(
    new Validator(readDescription()).validate({
      operation,
      engine: "fake",
      test: "",
      whole: true,
      ...answer,
    }),
  ).toEqual([]);
});

test("answers a path that is not escaped well with 400", async () => {
  expect(await rawAnswer("/images/%zz/json")).toMatchObject({ status: 400 });
});

test("refuses options that it would have to ignore", async () => {
  const result = await docker.imageList({ filters: { reference: ["demo"] } }).result();
  expect(result).toMatchObject({
    ok: false,
    status: 501,
    error: { message: expect.stringContaining("does not know the option filters") },
  });
});

test("names images with their registry in an export", async () => {
  const annotations = async (image: string) => {
    const { manifests } = JSON.parse((await filesOf(image)).get("index.json") ?? "");
    return manifests[0].annotations;
  };
  expect(await annotations("demo")).toEqual({
    "io.containerd.image.name": "docker.io/library/demo:latest",
    "org.opencontainers.image.ref.name": "latest",
  });
  expect(await annotations("org/app:1")).toMatchObject({ "io.containerd.image.name": "docker.io/org/app:1" });
  expect(await annotations("localhost:5000/app:2")).toEqual({
    "io.containerd.image.name": "localhost:5000/app:2",
    "org.opencontainers.image.ref.name": "2",
  });
});

test("leaves nothing behind when closed", async () => {
  const closing = await startFakeEngine();
  const socket = closing.host.replace("unix://", "");
  expect(closing.host.startsWith("tcp://") || existsSync(socket)).toBe(true);
  await closing.close();
  expect(existsSync(socket)).toBe(false);
  await using disposed = await startFakeEngine();
  expect(disposed.host).toBeTruthy();
});

test.each<[string, FakeImage[], RegExp]>([
  ["an image without a name", [{ name: "" }], /an image has no name/],
  ["a platform of another form", [{ name: "a", platforms: ["arm64"] }], /os\/arch/],
  ["an image without platforms", [{ name: "a", platforms: [] }], /the image a has no platforms/],
  [
    "two images of one name",
    [{ name: "a" }, { name: "docker.io/library/a:latest" }],
    /two images are named a:latest/,
  ],
  [
    "a layer of no size",
    [{ name: "a", layerBytes: -1 }],
    /layerBytes of the image a must be a number of bytes/,
  ],
])("refuses %s", async (_, images, message) => {
  const started = startFakeEngine({ images });
  await expect(started).rejects.toThrow(ArgumentError);
  await expect(started).rejects.toThrow(message);
});

test.each<[string, unknown, string]>([
  ["an unknown option", { process: {} }, "the option process is unknown. Known options: images, processes"],
  ["options of text", "a:1", "the options must be an object, not a string. Known options: images, processes"],
  ["an image as text", { images: ["a:1"] }, 'an image must be of the form { name }, not "a:1"'],
  ["images as text", { images: "a:1" }, 'images must be an array of images of the form { name }, not "a:1"'],
  [
    "an unknown option of an image",
    { images: [{ name: "a", platform: "linux/arm64" }] },
    "the image a: the option platform is unknown. Known options: name, platforms, layerBytes",
  ],
  ["a number as a name", { images: [{ name: 5 }] }, "an image: the option name must be a string, not 5"],
  [
    "platforms as text",
    { images: [{ name: "a", platforms: "linux/arm64" }] },
    'the image a: the option platforms must be an array of platforms, such as ["linux/arm64"], not "linux/arm64"',
  ],
  [
    "processes as a list",
    { processes: [] },
    "the option processes must be an object, by image, not an array",
  ],
  [
    "processes as a Map",
    { processes: new Map() },
    "must be an object, by image, not a Map (pass Object.fromEntries",
  ],
])("refuses %s", async (_, options, message) => {
  const started = startFakeEngine(options as FakeEngineOptions);
  await expect(started).rejects.toThrow(ArgumentError);
  await expect(started).rejects.toThrow(message);
});
