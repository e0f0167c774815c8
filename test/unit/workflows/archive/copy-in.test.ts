import { execFileSync } from "node:child_process";
import { createReadStream, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  AbortedError,
  ArgumentError,
  type Docker,
  isDockerError,
  isEngineError,
  TimeoutError,
} from "../../../../src/index.js";
import { useTemporaryFolder } from "../../../helpers/temporary-folder.js";
import { until } from "../../../helpers/waiting.js";
import { type Script, withEngine } from "../scripted-engine.js";
import { DIRECTORY, PUT, STAT, statHeader } from "./scripted-archive.js";

let folder: string;
useTemporaryFolder(async (path) => {
  folder = path;
  await mkdir(join(folder, "target"));
});

/** A file of /sys says it has 4096 bytes, and has fewer: it "shrinks" at each reading. */
const SHRINKING = "/sys/kernel/mm/transparent_hugepage/enabled";

const openFiles = (): number => readdirSync("/proc/self/fd").length;

describe("copyIn", () => {
  const intoFolder = (put: Script[string]): Script => ({
    [STAT]: { headers: statHeader(DIRECTORY), status: 200 },
    [PUT]: put,
  });

  test("sends the tar with its owners, large ones too, and asks that kinds stay", async () => {
    await writeFile(join(folder, "target/file"), "content");
    execFileSync("chown", ["3000000:3000001", join(folder, "target/file")]);
    let sent = Buffer.alloc(0);
    const put = (response: ServerResponse, body: string) => {
      sent = Buffer.from(body);
      response.writeHead(200).end();
    };
    await withEngine(intoFolder(put), async ({ docker, calls }) => {
      await docker.copyIn("box", join(folder, "target"), "/into", { archive: true });
      expect(calls).toEqual([
        `${STAT}?path=%2Finto`,
        `${PUT}?path=%2Finto&noOverwriteDirNonDir=true&copyUIDGID=true`,
      ]);
      const listed = String(execFileSync("tar", ["-tv", "--numeric-owner"], { input: sent }));
      expect(listed).toMatch(/^drwx\S+ \d+\/\d+ .* target\/\n-rw\S+ 3000000\/3000001 .* target\/file\n$/);
    });
  });

  test("that the Engine refuses while it is sent is the Engine's failure", async () => {
    await writeFile(join(folder, "target/big"), Buffer.alloc(8 << 20));
    const put = (response: ServerResponse) => {
      response.writeHead(403, { "Content-Type": "application/json" }).end('{"message":"read-only"}');
    };
    await withEngine(intoFolder(put), async ({ docker }) => {
      const error = await docker.copyIn("box", join(folder, "target"), "/into").catch((caught) => caught);
      expect(isEngineError(error, 403)).toBe(true);
    });
  });

  test.each([STAT, PUT])("aborted at %s leaves no connection", async (step) => {
    await writeFile(join(folder, "target/file"), "content");
    const abort = new AbortController();
    await withEngine(
      { ...intoFolder("hang"), ...(step === STAT ? { [STAT]: "hang" } : {}) },
      async (engine) => {
        const copying = engine.docker.copyIn("box", join(folder, "target"), "/into", {
          signal: abort.signal,
        });
        const error = copying.catch((caught) => caught);
        await until(step, () => engine.calls.some((call) => call.startsWith(step)));
        abort.abort();
        expect(await error).toBeInstanceOf(AbortedError);
        await until("no connection is busy", () => engine.underWay() === 0);
      },
    );
  });

  test("of a file that becomes shorter is an ArgumentError that names it", async () => {
    await withEngine(intoFolder("hang"), async ({ docker, underWay }) => {
      const error = await docker.copyIn("box", SHRINKING, "/into").catch((caught) => caught);
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toBe(
        `copyIn: cannot read the files: ${SHRINKING} became shorter while it was read`,
      );
      await until("no connection is busy", () => underWay() === 0);
    });
  });

  test("that fails midway says what may be in the container", async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(100_000);
      throw new Error("the disk failed");
    }
    await withEngine(intoFolder("hang"), async ({ docker }) => {
      const left = "Part of the copy may be below /into in the container box.";
      const failed = await docker.copyIn("box", failing(), "/into").catch((caught) => caught);
      expect(failed).toBeInstanceOf(ArgumentError);
      expect(failed.message).toMatch(/the disk failed\. Part/);
      expect(failed.message).toContain(left);
      const late = await docker
        .copyIn("box", Readable.from([Buffer.alloc(10)]), "/into", { timeout: 50 })
        .catch((caught) => caught);
      expect(late).toBeInstanceOf(TimeoutError);
    });
  });

  test("lets go of a web stream that stalls when the time is up, and refuses a locked one", async () => {
    await withEngine(intoFolder("hang"), async ({ docker }) => {
      let cancelled = false;
      const source = new ReadableStream<Uint8Array>({
        cancel: () => {
          cancelled = true;
        },
      });
      await expect(docker.copyIn("box", source, "/into", { timeout: 100 })).rejects.toThrow(TimeoutError);
      await until("the stream is cancelled", () => cancelled);
      const locked = new ReadableStream<Uint8Array>();
      locked.getReader();
      await expect(docker.copyIn("box", locked, "/into")).rejects.toThrow(ArgumentError);
    });
  });

  test("that fails while nothing was sent does not speak of a part", async () => {
    await withEngine({ [STAT]: { headers: statHeader(DIRECTORY), status: 500 } }, async ({ docker }) => {
      const error = await docker.copyIn("box", folder, "/into").catch((caught) => caught);
      expect(isEngineError(error, 500)).toBe(true);
    });
  });

  test.each([
    { what: "an empty source", from: "", to: "/into" },
    { what: "an empty destination", from: ".", to: "" },
    { what: "a source that is not there", from: "/sdk-test/nothing", to: "/into" },
  ])("of $what is an ArgumentError, and nothing is sent", async ({ from, to }) => {
    await withEngine(intoFolder({ status: 200 }), async ({ docker, calls }) => {
      await expect(docker.copyIn("box", from, to)).rejects.toThrow(ArgumentError);
      expect(calls).toEqual([]);
    });
  });

  test("leaves no file open when it is ended while it reads one", async () => {
    await writeFile(join(folder, "target/big"), Buffer.alloc(64 << 20));
    const before = openFiles();
    await withEngine(intoFolder("cut"), async ({ docker }) => {
      const copying = docker.copyIn("box", join(folder, "target"), "/into", { timeout: 30 });
      await expect(copying).rejects.toThrow(TimeoutError);
    });
    expect(openFiles()).toBeLessThanOrEqual(before);
  });
});

const FAILED = { status: 500, json: { message: "broken" } };
const PROGRESS = (response: ServerResponse) => response.end('{"aux":{"ID":"sha256:12"}}\n');
const INTO_FOLDER = { headers: statHeader(DIRECTORY), status: 200 };

type Source = AsyncIterable<Uint8Array>;
type Options = { signal?: AbortSignal; timeout?: number; platform?: string };

/** What takes a stream, with what makes it succeed and fail. */
const OPERATIONS: {
  name: string;
  send: (docker: Docker, source: Source, options?: Options) => Promise<unknown>;
  succeeding: Script;
  failing: Script;
}[] = [
  {
    name: "copyIn",
    send: (docker, source, options) => docker.copyIn("box", source, "/into", options),
    succeeding: { [STAT]: INTO_FOLDER, [PUT]: { status: 200 } },
    failing: { [STAT]: FAILED },
  },
  {
    name: "copyIn, refused with its body",
    send: (docker, source, options) => docker.copyIn("box", source, "/into", options),
    succeeding: { [STAT]: INTO_FOLDER, [PUT]: { status: 200 } },
    failing: { [STAT]: INTO_FOLDER, [PUT]: FAILED },
  },
  {
    name: "load",
    send: (docker, source, options) => docker.load(source, options),
    succeeding: { "POST /images/load": PROGRESS },
    failing: { "POST /images/load": FAILED },
  },
  {
    name: "build",
    send: (docker, source, options) => docker.build(source, { ...options, builder: "classic" }),
    succeeding: { "POST /build": PROGRESS },
    failing: { "POST /build": FAILED },
  },
];

/** Ways to end. */
const WAYS: { way: string; options?: () => Options; succeeds?: true }[] = [
  { way: "success", succeeds: true },
  { way: "a refusal of the Engine" },
  { way: "a signal that has fired", options: () => ({ signal: AbortSignal.abort() }) },
  { way: "a timeout that is not a number", options: () => ({ timeout: 0 }) },
];

describe.each(OPERATIONS)("$name owns what it was given", ({ send, succeeding, failing }) => {
  test.each(WAYS)("and closes it after $way", async ({ options, succeeds }) => {
    await writeFile(join(folder, "tar"), Buffer.alloc(100_000));
    const before = openFiles();
    await withEngine(succeeds ? succeeding : failing, async ({ docker }) => {
      const ended: string[] = [];
      async function* generated(): AsyncGenerator<Buffer> {
        try {
          yield Buffer.alloc(1024);
        } finally {
          ended.push("generator");
        }
      }
      const file = createReadStream(join(folder, "tar"));
      const web = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          controller.enqueue(new Uint8Array(1024));
          controller.close();
        },
        cancel: () => void ended.push("web stream"),
      });
      const generator = generated();
      for (const source of [file, web as unknown as Source, generator]) {
        const outcome = await send(docker, source, options?.()).then(
          () => true,
          (error) => isDockerError(error) || error,
        );
        expect(outcome).toBe(true);
      }
      await until("the file is closed", () => file.closed);
      expect(web.locked || (await web.getReader().closed.then(() => true))).toBe(true);
      expect((await generator.next()).done).toBe(true);
    });
    await until("no file is open", () => openFiles() <= before);
  });

  test.each(WAYS.slice(1))("and hears that a file is missing, before and after $way", async ({ options }) => {
    const uncaught = jest.fn();
    process.on("uncaughtException", uncaught);
    try {
      await withEngine(failing, async ({ docker }) => {
        const source = createReadStream("/sdk-test/nothing");
        const error = await send(docker, source, options?.()).catch((caught) => caught);
        expect(isDockerError(error)).toBe(true);
        const failed = new Readable({ read: () => undefined });
        failed.destroy(new Error("failed before"));
        expect(isDockerError(await send(docker, failed, options?.()).catch((caught) => caught))).toBe(true);
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
      expect(uncaught).not.toHaveBeenCalled();
    } finally {
      process.off("uncaughtException", uncaught);
    }
  });
});

describe("load of a path", () => {
  test.each([
    { what: "a bad platform", options: { platform: "arm" } },
    { what: "a signal that has fired", options: { signal: AbortSignal.abort() } },
    { what: "a timeout of 0", options: { timeout: 0 } },
  ])("opens nothing with $what", async ({ options }) => {
    await writeFile(join(folder, "tar"), "tar");
    const before = openFiles();
    await withEngine({}, async ({ docker, calls }) => {
      for (const path of [join(folder, "tar"), join(folder, "nothing")]) {
        const error = await docker.load(path, options).catch((caught) => caught);
        expect(isDockerError(error)).toBe(true);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(calls).toEqual([]);
    });
    expect(openFiles()).toBeLessThanOrEqual(before);
  });

  test.each(["", "/dev/null", tmpdir()])("%j is an ArgumentError", async (path) => {
    await withEngine({}, async ({ docker, calls }) => {
      await expect(docker.load(path)).rejects.toThrow(ArgumentError);
      expect(calls).toEqual([]);
    });
  });
});
