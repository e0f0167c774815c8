/** Several images or tags at once, what transfers tell, and what the Engine has of an image. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import nock from "nock";
import {
  ArgumentError,
  Docker,
  type ProgressMessage,
  StreamError,
  type TransferEvent,
  UnsupportedError,
} from "../../../../src/index.js";
import { eventOf } from "../../../../src/workflows/images/transfer-event.js";
import { tarOf } from "../../../helpers/tar-archive.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";
import { useNock } from "../../../helpers/use-nock.js";

useNock();

const docker = new Docker({ host: "tcp://engine.test:2375", apiVersion: "1.48" });
const engine = () => nock("http://engine.test:2375/v1.48");
const lines = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\r\n`).join("");
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

describe("pull", () => {
  const pulled = (tag: string, id: string) => [
    { status: "Pulling from x", id: tag },
    { status: `Digest: ${digest(id)}` },
    { status: `Status: Downloaded newer image for x:${tag}` },
  ];

  test("gives name and digest", async () => {
    engine()
      .post("/images/create")
      .query(true)
      .reply(200, lines(...pulled("1", "a")));
    expect(await docker.pull("x:1")).toEqual({ name: "x:1", digest: digest("a") });
    engine()
      .post("/images/create")
      .query(true)
      .reply(200, lines({ status: "Download complete", id: "12" }));
    expect(await docker.pull(`h:5000/x@${digest("b")}`)).toEqual({
      name: `h:5000/x@${digest("b")}`,
      digest: undefined,
    });
  });

  test("of all tags asks without one, and gives each", async () => {
    engine()
      .get("/version")
      .reply(200, { Components: [{ Name: "Engine" }] });
    engine()
      .post("/images/create")
      .query({ fromImage: "h:5000/x" })
      .reply(200, lines(...pulled("1", "a"), ...pulled("2", "b")));
    const seen: TransferEvent[] = [];
    const all = await docker.pull("h:5000/x", { allTags: true, onProgress: (event) => seen.push(event) });
    expect(all).toEqual([
      { name: "h:5000/x:1", digest: digest("a") },
      { name: "h:5000/x:2", digest: digest("b") },
    ]);
    expect(seen.map(({ image }) => image)).toEqual(
      ["1", "1", "1", "2", "2", "2"].map((tag) => `h:5000/x:${tag}`),
    );
  });

  test("of all tags is refused on Podman, which would pull one", async () => {
    engine()
      .get("/version")
      .reply(200, { Components: [{ Name: "Podman Engine" }, { Name: "Conmon" }] });
    await expect(docker.pull("x", { allTags: true })).rejects.toThrow(UnsupportedError);
  });

  test.each([
    { image: [], options: {}, says: "pull: name one or more images, not an empty array" },
    { image: ["x", 3], options: {}, says: ", not 3" },
    { image: ["x", ""], options: {}, says: "the image must have a name" },
    {
      image: "x:1",
      options: { allTags: true },
      says: "with allTags, name the image without a tag: x, not x:1",
    },
    { image: "x", options: { allTags: "yes" }, says: "the option allTags must be true or false" },
  ])("$image with $options is refused", async ({ image, options, says }) => {
    const error = await docker.pull(image as string[], options as object).catch((caught) => caught);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toContain(says);
  });
});

describe("push", () => {
  test("of all tags asks without one, and gives each", async () => {
    engine()
      .post("/images/x/push")
      .query((query) => !("tag" in query))
      .reply(
        200,
        lines(
          { status: `1: digest: ${digest("a")} size: 5` },
          { progressDetail: {}, aux: { Tag: "1", Digest: digest("a"), Size: 5 } },
          { status: `2: digest: ${digest("b")} size: 6` },
        ),
      );
    expect(await docker.push("x", { allTags: true })).toEqual([
      { name: "x:1", tag: "1", digest: digest("a"), size: 5, insteadOf: undefined },
      { name: "x:2", tag: "2", digest: digest("b"), size: 6, insteadOf: undefined },
    ]);
    await expect(docker.push("x:1", { allTags: true })).rejects.toThrow(
      "push: with allTags, name the image without a tag: x, not x:1",
    );
  });

  test("says of which index a single platform was pushed", async () => {
    const aux = { manifestPushedInsteadOfIndex: true, originalIndex: { digest: digest("f") } };
    engine()
      .post("/images/x/push")
      .query(true)
      .reply(200, lines({ progressDetail: {}, aux }, { status: `latest: digest: ${digest("a")} size: 5` }));
    expect(await docker.push("x")).toMatchObject({ digest: digest("a"), insteadOf: digest("f") });
  });
});

test.each<{ record: ProgressMessage; event: Partial<TransferEvent> | undefined }>([
  {
    record: { status: "Pulling from x", id: "latest" },
    event: { type: "message", status: "Pulling from x" },
  },
  {
    record: { status: "Downloading", id: "a", progressDetail: { current: 1, total: 2 } },
    event: { type: "layer", id: "a", current: 1, total: 2, done: false },
  },
  {
    record: { status: "Extracting", id: "a", progressDetail: { current: 3, units: "s" } },
    event: { type: "layer", current: undefined, total: undefined },
  },
  {
    record: { status: "Pull complete", id: "a", progressDetail: { hidecounts: true } },
    event: { type: "layer", done: true },
  },
  { record: { status: "Mounted from x", id: "a" }, event: { type: "layer", done: true } },
  {
    record: { status: "Loading layer", id: "a", progressDetail: { current: 2, total: 2 } },
    event: { type: "layer", done: true },
  },
  { record: { stream: "Loaded image: a\n" }, event: { type: "message", status: "Loaded image: a" } },
  { record: { progressDetail: {}, aux: {} }, event: undefined },
])("$record.status $record.stream becomes $event", ({ record, event }) => {
  const told = eventOf(record, "x:1");
  if (event) expect(told).toMatchObject({ ...event, image: "x:1", message: record });
  else expect(told).toBeUndefined();
});

describe("platforms", () => {
  const manifest = (architecture: string, Available: boolean, Content: number, Kind = "image") => ({
    ID: digest(architecture[0] ?? ""),
    Available,
    Kind,
    Size: { Content, Total: 99 },
    Descriptor: { digest: digest("d") },
    ...(Kind === "image" ? { ImageData: { Platform: { os: "linux", architecture, variant: "" } } } : {}),
  });

  test("are those of the manifests, with what is here of each", async () => {
    const Manifests = [
      manifest("amd64", true, 10),
      manifest("ppc64le", false, 3),
      manifest("unknown", true, 1, "attestation"),
    ];
    engine().get("/images/x/json").query({ manifests: true }).reply(200, { Manifests });
    expect(await docker.platforms("x")).toEqual([
      {
        name: "linux/amd64",
        platform: { os: "linux", architecture: "amd64" },
        isComplete: true,
        size: 10,
        digest: digest("a"),
      },
      expect.objectContaining({ name: "linux/ppc64le", isComplete: false, size: 3 }),
    ]);
  });

  test("of another store are the image's own", async () => {
    const image = { Os: "linux", Architecture: "arm", Variant: "v7", Size: 5 };
    engine().get("/images/x/json").query({ manifests: true }).reply(200, image);
    expect(await docker.platforms("x")).toEqual([
      {
        name: "linux/arm/v7",
        platform: { os: "linux", architecture: "arm", variant: "v7" },
        isComplete: true,
        size: 5,
        digest: undefined,
      },
    ]);
  });

  test("of an older Engine are asked for as it knows how", async () => {
    const old = new Docker({ host: "tcp://engine.test:2375", apiVersion: "1.45" });
    nock("http://engine.test:2375/v1.45")
      .get("/images/x/json")
      .reply(200, { Os: "linux", Architecture: "amd64", Size: 5 });
    expect(await old.platforms("x")).toMatchObject([{ name: "linux/amd64", isComplete: true }]);
  });

  test("need an image that is there, and has a name", async () => {
    engine().get("/images/x/json").query(true).reply(404, { message: "No such image: x" });
    await expect(docker.platforms("x")).rejects.toThrow("No such image");
    await expect(docker.platforms("")).rejects.toThrow(ArgumentError);
  });
});

describe("save", () => {
  const index = (root: object) => tarOf({ "index.json": JSON.stringify({ manifests: [root] }) });

  test("with `complete` fails if something is missing, and leaves no file", async () => {
    const tar = index({ digest: digest("a"), platform: { os: "linux", architecture: "arm64" } });
    engine().get("/images/x/get").reply(200, tar);
    const error = await docker.save("x", join(folder, "x.tar"), { complete: true }).catch((caught) => caught);
    expect(error).toBeInstanceOf(StreamError);
    expect(error.message).toBe(
      `ImageGet: the archive is incomplete. linux/arm64: manifest ${digest("a")} is missing`,
    );
    expect(await readdir(folder)).toEqual([]);
    engine().get("/images/x/get").reply(200, tar);
    await docker.save("x", join(folder, "x.tar"));
    expect(await readdir(folder)).toEqual(["x.tar"]);
  });

  test.each([
    { list: ["linux/amd64", "linux/arm64"], says: "the option platform takes one platform, not 2" },
    { list: [], says: "the option platform is an empty list: name a platform, or omit the option" },
  ])("of the platforms $list is refused before API 1.52", async ({ list: platform, says }) => {
    for (const [workflow, work] of [
      ["save", docker.save("x", join(folder, "x.tar"), { platform })],
      ["save", docker.save(["x", "y"], join(folder, "x.tar"), { platform })],
      ["load", docker.load(Buffer.from("x"), { platform })],
    ] as const) {
      const error = await work.catch((caught) => caught);
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toBe(`${workflow}: ${says}`);
    }
  });

  test("needs a folder that is there, and names", async () => {
    engine()
      .get("/images/x/get")
      .reply(200, tarOf({ "a.json": "{}" }));
    const saved = docker.save("x", join(folder, "none", "x.tar"));
    await expect(saved).rejects.toThrow(`save: the folder ${join(folder, "none")} does not exist`);
    for (const [names, says] of [
      [[], "save: name one or more images, not an empty array"],
      [["x", 3], "save: name one or more images, not an array that contains 3"],
      ["", 'save: name one or more images, not ""'],
    ] as const)
      await expect(docker.save(names as never, "x.tar")).rejects.toThrow(says);
  });
});
