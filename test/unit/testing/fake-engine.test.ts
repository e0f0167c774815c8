import { existsSync } from "node:fs";
import { extract } from "tar-stream";
import { ArgumentError, Docker } from "../../../src/index.js";
import { type FakeEngine, startFakeEngine } from "../../../src/testing/index.js";

const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v5"];
let fake: FakeEngine;
let docker: Docker;

beforeAll(async () => {
  fake = await startFakeEngine({ images: [{ name: "demo", platforms }, { name: "org/app:1" }] });
  docker = new Docker({ host: fake.host });
});

afterAll(async () => {
  await docker.close();
  await fake.close();
});

async function filesOf(image: string, platform?: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const tar = await docker.imageGet(image, platform);
  for await (const entry of tar.toNode().pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    files.set(entry.header.name, Buffer.concat(chunks).toString());
  }
  return files;
}

test("answers ping, image list and inspect", async () => {
  expect(await docker.systemPing()).toBe("OK");
  const images = await docker.imageList();
  expect(images.map(({ RepoTags }) => RepoTags)).toEqual([["demo:latest"], ["org/app:1"]]);
  expect(await docker.imageInspect("org/app:1")).toMatchObject({
    Os: "linux",
    Architecture: "amd64",
  });
});

test("exports all platforms, or the one asked for", async () => {
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
  expect(await docker.containerList().result()).toMatchObject({ ok: false, status: 404 });
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

test("refuses an image without a name or with an unknown platform", async () => {
  await expect(startFakeEngine({ images: [{ name: "" }] })).rejects.toThrow(ArgumentError);
  await expect(startFakeEngine({ images: [{ name: "a", platforms: ["arm64"] }] })).rejects.toThrow(
    ArgumentError,
  );
});
