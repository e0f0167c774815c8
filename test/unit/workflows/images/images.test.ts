import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import nock from "nock";
import { ArgumentError, Docker, isEngineError, StreamError } from "../../../../src/index.js";
import { tarOf } from "../../../helpers/tar-archive.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";
import { useNock } from "../../../helpers/use-nock.js";

useNock();

const docker = new Docker({ host: "tcp://engine.test:2375", apiVersion: "1.48" });
const engine = () => nock("http://engine.test:2375/v1.48");
const lines = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\r\n`).join("");
const sent = (login: object): string => Buffer.from(JSON.stringify(login)).toString("base64");
const platform = '{"os":"linux","architecture":"arm64"}';

let folder: string;
useTemporaryFolder((path) => {
  folder = path;
});

describe("load", () => {
  /** Answers inspections of images by name with IDs. */
  const withIds = (ids: Record<string, string>): void => {
    for (const [name, Id] of Object.entries(ids)) engine().get(`/images/${name}/json`).reply(200, { Id });
  };

  test("gives names and IDs, of images without a name the ID only", async () => {
    const id = `sha256:${"12".repeat(32)}`;
    withIds({ "a:1": "sha256:a" });
    engine()
      .post("/images/load", "tar")
      .query({ quiet: true, platform })
      .reply(
        200,
        lines(
          { stream: "Loaded image: a:1\n" },
          { stream: `Loaded image ID: ${id.slice(0, 20)}` },
          { stream: `${id.slice(20)}\n` },
        ),
      );
    expect(await docker.load(Readable.from(["tar"]), { platform: "linux/arm64" })).toEqual([
      { name: "a:1", id: "sha256:a" },
      { name: undefined, id },
    ]);
  });

  test("gives all names of a line, as Podman writes them", async () => {
    withIds({ "docker.io/library/a:1": "sha256:a", "localhost/b:2": "sha256:b" });
    engine()
      .post("/images/load", "tar")
      .query({ quiet: true })
      .reply(200, lines({ stream: "Loaded image: docker.io/library/a:1,localhost/b:2" }));
    expect(await docker.load(Buffer.from("tar"))).toEqual([
      { name: "docker.io/library/a:1", id: "sha256:a" },
      { name: "localhost/b:2", id: "sha256:b" },
    ]);
  });

  test("asks for progress only where someone listens", async () => {
    engine()
      .post("/images/load")
      .query({ quiet: false })
      .reply(200, lines({ status: "x" }));
    const seen: unknown[] = [];
    expect(await docker.load(Buffer.from("tar"), { onProgress: (message) => seen.push(message) })).toEqual(
      [],
    );
    expect(seen).toMatchObject([{ type: "message", status: "x", image: undefined }]);
  });

  test("throws what the Engine reports, and lets go of the file", async () => {
    await writeFile(join(folder, "a.tar"), "tar");
    engine()
      .post("/images/load")
      .query(true)
      .reply(200, lines({ errorDetail: { message: "invalid archive" } }));
    await expect(docker.load(join(folder, "a.tar"))).rejects.toThrow("ImageLoad failed: invalid archive");
    await expect(docker.load(join(folder, "nothing.tar"))).rejects.toThrow(ArgumentError);
    for (const nothing of [null, undefined]) {
      await expect(docker.load(nothing as never)).rejects.toThrow(ArgumentError);
    }
  });
});

describe("save", () => {
  test("asks for one image or for several, and for a platform", async () => {
    const [one, both] = [tarOf({ "a.json": "{}" }), tarOf({ "a.json": "{}", "b.json": "{}" })];
    engine().get("/images/a:1/get").query({ platform }).reply(200, one);
    expect(await docker.save("a:1", join(folder, "one"), { platform: "linux/arm64" })).toBe(one.length);
    engine().get("/images/get?names=a%3A1&names=b").reply(200, both);
    expect(await docker.save(["a:1", "b"], join(folder, "both"))).toBe(both.length);
    expect(await readdir(folder)).toEqual(["both", "one"]);
  });

  test("leaves no file when it fails", async () => {
    engine().get("/images/a/get").reply(404, { message: "no such image" });
    const error = await docker.save("a", join(folder, "none")).catch((caught) => caught);
    expect(isEngineError(error, 404)).toBe(true);
    engine().get("/images/a/get").reply(200, 'tar{"errorDetail":{"message":"disk"}}');
    await expect(docker.save("a", join(folder, "none"))).rejects.toThrow(StreamError);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([[[]], [""], [["a", ""]]])("refuses %j", async (images) => {
    await expect(docker.save(images, join(folder, "x"))).rejects.toThrow(ArgumentError);
  });
});

describe("push", () => {
  test("sends tag, platform and login, and gives the digest", async () => {
    const auth = { username: "me", password: "x" };
    const login = { ...auth, serveraddress: "registry.test:5000" };
    engine()
      .post("/images/registry.test:5000/app/push")
      .query({ tag: "latest", platform })
      .matchHeader("X-Registry-Auth", sent(login))
      .reply(200, lines({ status: "x" }, { aux: { Tag: "latest", Digest: "sha256:12", Size: 1 } }));
    const pushed = await docker.push("registry.test:5000/app", { auth, platform: "linux/arm64" });
    expect(pushed).toEqual({
      name: "registry.test:5000/app:latest",
      tag: "latest",
      digest: "sha256:12",
      size: 1,
      insteadOf: undefined,
    });
  });

  test("finds the digest also where only the text tells it", async () => {
    const told = lines({ status: "1: digest: sha256:34 size: 405" });
    engine().post("/images/app/push").query({ tag: "1" }).reply(200, told);
    expect(await docker.push("app:1")).toMatchObject({ digest: "sha256:34", size: 405, tag: "1" });
  });

  test("without a login sends an empty one", async () => {
    engine()
      .post("/images/app/push")
      .query({ tag: "1" })
      .matchHeader("X-Registry-Auth", "e30=")
      .reply(200, "");
    expect(await docker.push("app:1")).toMatchObject({ name: "app:1", digest: undefined, size: undefined });
  });

  test("throws what the registry says", async () => {
    engine()
      .post("/images/app/push")
      .query(true)
      .reply(200, lines({ errorDetail: { message: "denied" } }));
    await expect(docker.push("app")).rejects.toThrow("ImagePush failed: denied");
  });
});
