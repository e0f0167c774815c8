import type { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import {
  AbortedError,
  ArgumentError,
  type Docker,
  isEngineError,
  StreamError,
  TimeoutError,
} from "../../../../src/index.js";
import { packTar } from "../../../helpers/pack-tar.js";
import { until } from "../../../helpers/waiting.js";
import { type Script, withEngine } from "../scripted-engine.js";
import { ARCHIVE, answering, DIRECTORY, holding, PUT, STAT, statHeader } from "./scripted-archive.js";

const FILE = 0o644;
const SYMLINK = 2 ** 27;
const PIPE = 2 ** 25;

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: Error) => error,
  );

describe("readFile", () => {
  const read = (script: Script, act: (docker: Docker) => Promise<unknown>) =>
    withEngine(script, ({ docker }) => act(docker));

  test("gives bytes, or text in an encoding", async () => {
    const script = await holding([{ name: "x", content: "ünï" }], FILE);
    await withEngine(script, async ({ docker, calls, underWay }) => {
      const bytes: Buffer = await docker.readFile("box", "/x");
      const text: string = await docker.readFile("box", "/x", { encoding: "utf8" });
      expect([String(bytes), text, await docker.readFile("box", "/x", "hex")]).toEqual([
        ...["ünï", "ünï"],
        Buffer.from("ünï").toString("hex"),
      ]);
      expect(calls).toEqual(Array(3).fill(`${ARCHIVE}?path=%2Fx`));
      await until("nothing is open", () => underWay() === 0);
    });
  });

  test("follows a link by what its stat says, relative ones too", async () => {
    const file = await packTar([{ name: "x", content: "there" }]);
    const script: Script = {
      [ARCHIVE]: (response: ServerResponse, _: string, url: URL) => {
        const path = url.searchParams.get("path");
        const links: Record<string, string> = { "/a/link": "next", "/a/next": "/b" };
        const target = links[path ?? ""];
        const headers = target ? statHeader(SYMLINK, target) : statHeader(FILE);
        response.writeHead(path === "/b" || target ? 200 : 404, headers).end(file);
      },
    };
    expect(await read(script, (docker) => docker.readFile("box", "/a/link", "utf8"))).toBe("there");
  });

  test.each([
    [
      "a folder",
      DIRECTORY,
      /^readFile: \/x in the container box is a folder \(EISDIR\); name a file in it, or use copyOut$/,
    ],
    ["a pipe", PIPE, /^readFile: \/x in the container box is a device, pipe or socket; name a file$/],
  ])("refuses %s, and does not read it", async (_, mode, says) => {
    await withEngine(answering(Buffer.alloc(1024), mode), async ({ docker, underWay }) => {
      const error = await rejection(docker.readFile("box", "/x"));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toMatch(says);
      await until("nothing is open", () => underWay() === 0);
    });
  });

  test("gives up on a link that leads back to itself", async () => {
    const script: Script = { [ARCHIVE]: { status: 200, headers: statHeader(SYMLINK, "/x") } };
    const error = await read(script, (docker) => rejection(docker.readFile("box", "/x")));
    expect(String(error)).toBe("ArgumentError: readFile: /x in the container box is a circular link");
  });

  test("does not take more than maxSize into memory", async () => {
    const script = await holding([{ name: "x", content: "12345678" }], FILE);
    await withEngine(script, async ({ docker, underWay }) => {
      expect((await docker.readFile("box", "/x", { maxSize: 8 })).length).toBe(8);
      const error = await rejection(docker.readFile("box", "/x", { maxSize: 7 }));
      expect(error).toBeInstanceOf(StreamError);
      expect(error.message).toBe(
        "readFile: /x has 8 bytes, more than maxSize, which is 7; raise it, or use copyOut, which takes little memory at any size",
      );
      await until("nothing is open", () => underWay() === 0);
    });
  });

  test("fails for a broken or foreign archive, and says what the Engine says", async () => {
    const whole = await packTar([{ name: "x", content: "y".repeat(2000) }]);
    const two = await packTar([{ name: "x" }, { name: "y" }]);
    for (const tar of [whole.subarray(0, 1000), two, Buffer.from("no tar at all")]) {
      const error = await read(answering(tar, FILE), (docker) => rejection(docker.readFile("box", "/x")));
      expect(error).toBeInstanceOf(StreamError);
    }
    const missing: Script = { [ARCHIVE]: { status: 404, json: { message: "no such file" } } };
    const error = await read(missing, (docker) => rejection(docker.readFile("box", "/x")));
    expect([isEngineError(error, 404), String(error)]).toEqual([
      true,
      expect.stringContaining("no such file"),
    ]);
  });

  test("ends with its signal and its timeout, and leaves no connection", async () => {
    await withEngine({ [ARCHIVE]: "hang" }, async ({ docker, underWay }) => {
      const abort = new AbortController();
      const reading = rejection(docker.readFile("box", "/x", { signal: abort.signal }));
      await until("it is asked", () => underWay() === 1);
      abort.abort();
      expect(await reading).toBeInstanceOf(AbortedError);
      expect(await rejection(docker.readFile("box", "/x", { timeout: 30 }))).toBeInstanceOf(TimeoutError);
      await until("nothing is open", () => underWay() === 0);
    });
  });

  test.each<[path: unknown, options: unknown, says: string]>([
    [5, {}, "readFile: the path in the container must be a string, not 5"],
    ["", {}, "readFile: the path in the container is empty"],
    ["/x", "utf-9", 'readFile: the option encoding must be an encoding such as "utf8", not "utf-9"'],
    ["/x", { maxSize: 0 }, "readFile: the option maxSize must be a positive number of bytes, not 0"],
    ["/x", { flag: "r" }, "readFile: the option flag is unknown"],
  ])("refuses %p with %p", async (path, options, says) => {
    await withEngine({}, async ({ docker, calls }) => {
      const error = await rejection(docker.readFile("box", path as string, options as "utf8"));
      expect([error.message.slice(0, says.length), calls]).toEqual([says, []]);
    });
  });
});

describe("writeFile", () => {
  const sentTo = (): { script: Script; sent: () => string } => {
    let body = "";
    const put = (response: ServerResponse, text: string) => {
      body = text;
      response.writeHead(200).end();
    };
    return { script: { [PUT]: put }, sent: () => body };
  };

  test("asks for the file, its folder and nothing else", async () => {
    const { script, sent } = sentTo();
    const stat = (response: ServerResponse, _: string, url: URL) => {
      const isFolder = url.searchParams.get("path") === "/etc";
      response.writeHead(isFolder ? 200 : 404, isFolder ? statHeader(DIRECTORY) : {}).end();
    };
    await withEngine({ ...script, [STAT]: stat }, async ({ docker, calls }) => {
      await docker.writeFile("box", "/etc/app.conf", "a=1\n", { mode: 0o600 });
      expect(calls).toEqual([
        `${STAT}?path=%2Fetc%2Fapp.conf`,
        `${STAT}?path=%2Fetc`,
        `${PUT}?path=%2Fetc&noOverwriteDirNonDir=true`,
      ]);
      expect(sent()).toMatch(/^app\.conf\0+0000600\0/);
      expect(sent()).toContain("a=1\n");
    });
  });

  test("refuses before anything is sent what it cannot write, and closes the stream", async () => {
    const content = new PassThrough();
    await withEngine({}, async ({ docker, calls }) => {
      const cases: [Promise<unknown>, string][] = [
        [docker.writeFile("box", "/etc/", "x"), "writeFile: /etc/ names a folder; name a file in it"],
        [
          docker.writeFile("box", "/x", content),
          'writeFile: "/x" has a stream as content and needs its size',
        ],
        [docker.writeFile("box", "/x", 5 as never), 'writeFile: "/x" must have text, bytes or a stream'],
        [
          docker.writeFile("box", "/x", "x", { mode: -1 }),
          'writeFile: "/x" must have an integer from 0 to 0o7777',
        ],
        [docker.writeFile("box", "/x", "x", { flag: "a" } as never), "writeFile: the option flag is unknown"],
      ];
      for (const [promise, says] of cases) {
        const error = await rejection(promise);
        expect(error).toBeInstanceOf(ArgumentError);
        expect(error.message).toContain(says);
      }
      expect([calls, content.destroyed]).toEqual([[], true]);
    });
  });

  test("that fails midway says that a part may be there", async () => {
    const { script } = sentTo();
    const content = new PassThrough();
    content.write("begin");
    await withEngine(
      { ...script, [STAT]: { status: 200, headers: statHeader(DIRECTORY) } },
      async ({ docker }) => {
        const copying = rejection(
          docker.copyContentIn("box", [{ path: "a", content, size: 10 }], { path: "/etc" }),
        );
        setTimeout(() => content.destroy(new Error("disk on fire")), 50);
        const error = await copying;
        expect(error).toBeInstanceOf(ArgumentError);
        expect(error.message).toBe(
          'copyContentIn: the content of "a" cannot be read: disk on fire. Part of the copy may be below /etc in the container box.',
        );
      },
    );
  });
});
