import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildEvent, Docker } from "../../../src/index.js";
import { AbortedError, isEngineError } from "../../../src/index.js";
import { bigImage } from "../big-image.js";
import { type Bench, failureOf, rejection, uniqueName } from "../engine.js";
import { readExport, readTar } from "../tar.js";

/** A call, made with a client over the transport in question; the bench reaches the same Engine by its socket. */
export interface TransportCall {
  readonly name: string;
  readonly make: (docker: Docker, bench: Bench) => Promise<void>;
}

const MIB = 2 ** 20;

/** What must work in the same way over every transport. */
export const calls: readonly TransportCall[] = [
  {
    name: "list, fifty at once",
    make: async (docker, bench) => {
      const id = await bench.container("true");
      const lists = await Promise.all(Array.from({ length: 50 }, () => docker.containerList({ all: true })));
      for (const list of lists) expect(list.map(({ Id }) => Id)).toContain(id);
    },
  },
  {
    name: "a failure with the Engine's words",
    make: async (docker) => {
      const { error } = failureOf(await docker.containerInspect("sdk-test-none").result());
      expect(isEngineError(error, 404)).toBe(true);
      expect(error.message).toContain("No such container: sdk-test-none");
    },
  },
  {
    name: "export, also to a file",
    make: async (docker, bench) => {
      const tar = await docker.imageGet("busybox:local");
      expect(readExport(await readTar(tar)).blobs.length).toBeGreaterThan(1);
      const bytes = await (await docker.imageGet("busybox:local")).toFile(bench.path("busybox.tar"));
      expect(bytes).toBeGreaterThan(MIB / 2);
    },
  },
  {
    name: "load with a streamed body, and export what was loaded",
    make: async (docker, bench) => {
      const name = bench.imageName("streamed");
      await (await docker.imageLoad({ body: bigImage(name, 8 * MIB) })).done();
      expect((await (await docker.imageGet(name)).bytes()).length).toBeGreaterThan(8 * MIB);
    },
  },
  {
    name: "build with BuildKit, which asks for a folder and a secret",
    make: async (docker, bench) => {
      const folder = bench.path(uniqueName("context"));
      await mkdir(folder);
      await writeFile(join(folder, "big"), Buffer.alloc(2 * MIB, "big"));
      const dockerfile =
        "FROM busybox:local\nCOPY big /\nRUN --mount=type=secret,id=s cat /run/secrets/s; wc -c /big\n";
      await writeFile(join(folder, "Dockerfile"), dockerfile);
      let log = "";
      const onProgress = (event: BuildEvent): void => {
        if (event.type === "log") log += event.text;
      };
      const options = {
        builder: "buildkit",
        noCache: true,
        network: "none",
        secrets: { s: "secret " },
      } as const;
      await docker.build(folder, { ...options, onProgress });
      expect(log).toBe(`secret ${2 * MIB} /big\n`);
    },
  },
  {
    name: "exec with stdin: half-closed, and read to the end",
    make: async (docker, bench) => {
      const id = await running(bench);
      const command = {
        Cmd: ["sh", "-c", "sort; echo done >&2"],
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
      };
      const { Id } = await docker.containerExec(id, command);
      const attached = await docker.execStart(Id, { body: { Detach: false, Tty: false } });
      const lines = Array.from({ length: 20_000 }, (_, index) => String(index).padStart(6, "0"));
      attached.stdin.end(`${lines.toReversed().join("\n")}\n`);
      expect(await attached.text()).toEqual({ stdout: `${lines.join("\n")}\n`, stderr: "done\n" });
    },
  },
  {
    name: "live events",
    make: async (docker, bench) => {
      const events = await docker.systemEvents();
      const id = await bench.container("true");
      for await (const { Actor, Action } of events) {
        if (Actor?.ID !== id) continue;
        expect(Action).toBe("create");
        break;
      }
    },
  },
  {
    name: "attach by WebSocket",
    make: async (docker, bench) => {
      const { Id } = await docker.containerCreate({
        Image: "busybox:local",
        Cmd: ["cat"],
        OpenStdin: true,
        StdinOnce: true,
        HostConfig: { NetworkMode: "none" },
      });
      bench.atEnd(() => bench.docker.containerDelete(Id, { force: true }));
      await docker.containerStart(Id);
      const attached = await docker.containerAttachWebsocket(Id, {
        stream: true,
        stdin: true,
        stdout: true,
        stderr: true,
      });
      attached.stdin.write("hello");
      for await (const { data } of attached) {
        expect(data.toString()).toBe("hello");
        break;
      }
    },
  },
  {
    name: "an abort in the middle of a body, and calls after it",
    make: async (docker) => {
      const abort = new AbortController();
      const reason = new Error("enough");
      const tar = await docker.imageGet("busybox:local", undefined, { signal: abort.signal });
      const reading = (async () => {
        for await (const _ of tar) abort.abort(reason);
      })();
      const error = await rejection(reading);
      expect(error).toBeInstanceOf(AbortedError);
      expect((error as AbortedError).cause).toBe(reason);
      expect(await docker.systemPing()).toBe("OK");
    },
  },
  {
    name: "an abort of a hijacked stream",
    make: async (docker, bench) => {
      const id = await running(bench);
      const abort = new AbortController();
      const options = { stream: true, stdout: true };
      const attached = await docker.containerAttach(id, options, { signal: abort.signal });
      setTimeout(() => abort.abort(), 50);
      expect(await rejection(attached.text())).toBeInstanceOf(AbortedError);
    },
  },
  {
    name: "unread bodies, and other calls meanwhile",
    make: async (docker) => {
      const unread = [];
      for (let i = 0; i < 4; i += 1) unread.push(await docker.imageGet("busybox:local"));
      expect(await docker.systemPing()).toBe("OK");
      for (const tar of unread) tar.cancel();
      expect(await docker.systemPing()).toBe("OK");
    },
  },
];

/** A container that runs until it is deleted, at the end. */
async function running(bench: Bench): Promise<string> {
  const id = await bench.container("sleep", "600");
  await bench.docker.containerStart(id);
  return id;
}
