import { extract } from "tar-stream";
import { type Docker, type EventMessage, isEngineError } from "../../src/index.js";
import type { FakeScript } from "../../src/testing/index.js";
import { packTar } from "./pack-tar.js";
import { bytesOf } from "./streams.js";

/** What is the same on a fake Engine and on a real one: calls, and what comes of them. */
export interface EngineCall {
  readonly title: string;
  /** `name` is of nothing else; containers of it are removed afterwards. */
  readonly call: (docker: Docker, name: string) => Promise<unknown>;
  readonly want: unknown;
}

const IMAGE = "busybox:local";
const SERVICE = ["sh", "-c", "trap 'exit 143' TERM; echo ready; while :; do sleep 0.1; done"];
const BOTH = ["sh", "-c", "echo out; echo err >&2; exit 3"];
const LINES = ["sh", "-c", "echo one; echo two; printf three"];

/** What the programs of busybox that the calls use do, for the fake Engine. */
export const busybox: readonly FakeScript[] = [
  {
    command: BOTH.join(" "),
    output: [
      { stream: "stdout", data: "out\n" },
      { stream: "stderr", data: "err\n" },
    ],
    exitCode: 3,
  },
  { command: SERVICE.join(" "), output: "ready\n", duration: Number.POSITIVE_INFINITY, health: "healthy" },
  { command: LINES.join(" "), output: "one\ntwo\nthree" },
  { command: "cat", echo: true },
  {
    command: "stty size",
    run: ({ size, stdout }) => void stdout.write(`${size().rows} ${size().columns}\n`),
  },
  { command: /^echo /, run: ({ args, stdout }) => void stdout.write(`${args.slice(1).join(" ")}\n`) },
  { command: "sh -c echo $COLOR", run: ({ env, stdout }) => void stdout.write(`${env.COLOR}\n`) },
  { command: "sleep 60", duration: Number.POSITIVE_INFINITY, ignores: ["SIGTERM"] },
];

/** Creates a container of the service, without network. */
async function create(docker: Docker, name: string, more: object = {}): Promise<string> {
  const HostConfig = { NetworkMode: "none" };
  const { Id } = await docker.containerCreate({ Image: IMAGE, Cmd: SERVICE, HostConfig, ...more }, { name });
  return Id;
}

async function started(docker: Docker, name: string, more?: object): Promise<string> {
  const id = await create(docker, name, more);
  await docker.containerStart(id);
  return id;
}

/** The statuses of calls, one after the other. */
async function statuses(...calls: (() => { result(): Promise<{ status?: number }> })[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const call of calls) seen.push((await call().result()).status);
  return seen;
}

async function refused(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (isEngineError(error)) return error.status;
    throw error;
  }
}

async function stateOf(docker: Docker, id: string) {
  const { Status, Running, ExitCode } = (await docker.containerInspect(id)).State;
  return { Status, Running, ExitCode };
}

const OFF = { create: { HostConfig: { NetworkMode: "none" } }, remove: true };

export const engineCalls: readonly EngineCall[] = [
  {
    title: "runs a command, with both streams and its exit code",
    call: async (docker) => {
      const { exitCode, stdout, stderr } = await docker.run(IMAGE, BOTH, OFF);
      return { exitCode, stdout, stderr };
    },
    want: { exitCode: 3, stdout: "out\n", stderr: "err\n" },
  },
  {
    title: "passes on input, its end, and the environment",
    call: async (docker) => [
      (await docker.run(IMAGE, ["cat"], { ...OFF, stdin: "some input" })).stdout,
      (await docker.run(IMAGE, ["sh", "-c", "echo $COLOR"], { ...OFF, env: { COLOR: "red" } })).stdout,
    ],
    want: ["some input", "red\n"],
  },
  {
    title: "has a terminal, which echoes, returns the carriage, and knows Ctrl-D",
    call: async (docker) => [
      (await docker.run(IMAGE, ["echo", "hi"], { ...OFF, tty: true })).stdout,
      (await docker.run(IMAGE, ["cat"], { ...OFF, tty: true, stdin: "line\n" })).stdout,
    ],
    want: ["hi\r\n", "line\r\nline\r\n"],
  },
  {
    title: "does not start a program that the image lacks",
    call: (docker) => refused(docker.run(IMAGE, ["no-such-program"], OFF)),
    want: 400,
  },
  {
    title: "starts, stops and kills a container",
    call: async (docker, name) => {
      const id = await create(docker, name);
      const seen: unknown[] = [await stateOf(docker, id)];
      seen.push(
        await statuses(
          () => docker.containerStart(id),
          () => docker.containerStart(id),
        ),
      );
      seen.push(await stateOf(docker, name));
      for await (const { data } of docker.containerLogs(id, { stdout: true, follow: true })) {
        if (data.includes("ready")) break;
      }
      seen.push(await refused(docker.containerDelete(id)));
      seen.push(
        await statuses(
          () => docker.containerStop(id),
          () => docker.containerStop(id),
        ),
      );
      seen.push(await stateOf(docker, id), await refused(docker.containerKill(id)));
      await docker.containerRestart(id);
      const exit = docker.containerWait(id, { condition: "next-exit" });
      await exit.begun();
      await docker.containerKill(id);
      seen.push(await exit, await stateOf(docker, id));
      await docker.containerDelete(id);
      return [...seen, await refused(docker.containerInspect(id))];
    },
    want: [
      { Status: "created", Running: false, ExitCode: 0 },
      [204, 304],
      { Status: "running", Running: true, ExitCode: 0 },
      409,
      [204, 304],
      { Status: "exited", Running: false, ExitCode: 143 },
      409,
      { StatusCode: 137 },
      { Status: "exited", Running: false, ExitCode: 137 },
      404,
    ],
  },
  {
    title: "kills what does not stop in time",
    call: async (docker, name) => {
      const id = await started(docker, name, { Cmd: ["sleep", "60"] });
      await docker.containerStop(id, { t: 1 });
      return stateOf(docker, id);
    },
    want: { Status: "exited", Running: false, ExitCode: 137 },
  },
  {
    title: "keeps names apart, and renames",
    call: async (docker, name) => {
      const id = await create(docker, name);
      const seen = [await refused(create(docker, name)), await refused(docker.containerRename(id, { name }))];
      await docker.containerRename(id, { name: `${name}-2` });
      const filters = { name: [name] };
      const listed = await docker.containerList({ all: true, filters });
      const shown = listed.map(({ Image, Names, State }) => ({
        Image,
        Names: Names?.map((one) => one.replace(name, "")),
        State,
      }));
      return [...seen, shown, (await docker.containerList({ filters })).length];
    },
    want: [409, 400, [{ Image: IMAGE, Names: ["/-2"], State: "created" }], 0],
  },
  {
    title: "runs commands in a container",
    call: async (docker, name) => {
      const id = await started(docker, name);
      const { Id } = await docker.containerExec(id, { Cmd: ["sleep", "60"], Tty: true, AttachStdout: true });
      const before = await docker.execInspect(Id);
      const attached = await docker.execStart(Id, { body: { Detach: false, Tty: true } });
      const { Running } = await docker.execInspect(Id);
      await docker.execResize(Id, { h: 10, w: 20 });
      attached.cancel();
      const { exitCode } = await docker.exec(id, ["no-such-program"]);
      return [
        await docker.exec(id, BOTH),
        await docker.exec(id, ["cat"], { stdin: "to the exec" }),
        { before: before.Running, exitCode: before.ExitCode, Running },
        exitCode,
        await refused(docker.execInspect("no-such-exec")),
      ];
    },
    want: [
      { exitCode: 3, stdout: "out\n", stderr: "err\n" },
      { exitCode: 0, stdout: "to the exec", stderr: "" },
      { before: false, exitCode: null, Running: true },
      127,
      404,
    ],
  },
  {
    title: "has logs, from the end and to it",
    call: async (docker, name) => {
      const id = await started(docker, name, { Cmd: LINES });
      await docker.containerWait(id);
      const text = async (options: object) =>
        (await docker.containerLogs(id, { stdout: true, stderr: true, ...options })).text();
      const stamped = (await text({ timestamps: true, tail: "1" })).stdout;
      return [
        (await text({ follow: true })).stdout,
        (await text({ tail: "2" })).stdout,
        /^\d{4}-\d\d-\d\dT[\d:.]+Z three$/.test(stamped),
        await refused(Promise.resolve(docker.containerLogs(id))),
      ];
    },
    want: ["one\ntwo\nthree", "two\nthree", true, 400],
  },
  {
    title: "tells of events, by container",
    call: async (docker, name) => {
      const id = await started(docker, name, { Cmd: LINES });
      await docker.containerWait(id);
      await docker.containerDelete(id);
      const seen: EventMessage[] = [];
      const until = String(Math.ceil(Date.now() / 1000));
      for await (const event of docker.events({ since: "0", until, filters: { container: [id] } })) {
        seen.push(event);
      }
      return seen.map(({ Action, Actor }) => [
        Action,
        Actor.Attributes?.exitCode,
        Actor.Attributes?.name === name,
      ]);
    },
    want: [
      ["create", undefined, true],
      ["start", undefined, true],
      ["die", "0", true],
      ["destroy", undefined, true],
    ],
  },
  {
    title: "checks health",
    call: async (docker, name) => {
      const id = await started(docker, name, {
        Healthcheck: { Test: ["CMD", "true"], Interval: 100_000_000 },
      });
      await docker.waitUntilHealthy(id);
      return (await docker.containerInspect(id)).State.Health?.Status;
    },
    want: "healthy",
  },
  {
    title: "passes on input of an attached container, and ends with it",
    call: async (docker, name) => {
      const streams = { OpenStdin: true, StdinOnce: true, AttachStdin: true };
      const id = await create(docker, name, { Cmd: ["cat"], ...streams });
      const attached = await docker.containerAttach(id, {
        stream: true,
        stdin: true,
        stdout: true,
        stderr: true,
      });
      await docker.containerStart(id);
      attached.stdin.end("hello\n");
      const { stdout } = await attached.text();
      await docker.containerWait(id);
      return [stdout, await stateOf(docker, id)];
    },
    want: ["hello\n", { Status: "exited", Running: false, ExitCode: 0 }],
  },
  {
    title: "connects containers to networks",
    call: async (docker, name) => {
      const { Id } = await docker.networkCreate({ Name: name, Labels: { test: name } });
      const again = await refused(docker.networkCreate({ Name: name }));
      const id = await started(docker, name, { HostConfig: { NetworkMode: name } });
      const { Containers } = await docker.networkInspect(Id);
      const { Networks } = (await docker.containerInspect(id)).NetworkSettings;
      const isSame = Containers?.[id]?.IPv4Address?.startsWith(`${Networks?.[name]?.IPAddress}/`);
      const active = await refused(docker.networkDelete(name));
      await docker.networkDisconnect(name, { Container: id });
      const twice = await refused(docker.networkDisconnect(name, { Container: id }));
      await docker.networkDelete(name);
      return [
        again,
        Containers?.[id]?.Name === name,
        isSame,
        active,
        twice,
        await refused(docker.networkInspect(name)),
      ];
    },
    want: [409, true, true, 403, 500, 404],
  },
  {
    title: "keeps volumes",
    call: async (docker, name) => {
      const { Driver } = await docker.volumeCreate({ Name: name });
      const { Volumes } = await docker.volumeList({ filters: { name: [name] } });
      await docker.volumeDelete(name);
      return [Driver, Volumes?.map(({ Name }) => Name === name), await refused(docker.volumeInspect(name))];
    },
    want: ["local", [true], 404],
  },
  {
    title: "takes files, and gives them back",
    call: async (docker, name) => {
      const id = await create(docker, name);
      const tar = await packTar([{ name: "folder/a.txt", content: "some text", mode: 0o640 }]);
      await docker.putContainerArchive(id, tar, { path: "/" });
      const {
        linkTarget,
        mode,
        name: last,
        size,
      } = await docker.containerArchiveInfo(id, { path: "/folder/a.txt" });
      const files: unknown[] = [];
      const archive = await docker.containerArchive(id, { path: "/folder" });
      for await (const entry of archive.toNode().pipe(extract())) {
        const content = (await bytesOf(entry)).toString();
        files.push([entry.header.name, entry.header.type, content]);
      }
      const missing = [
        await refused(Promise.resolve(docker.containerArchive(id, { path: "/nope" }))),
        await refused(docker.putContainerArchive(id, tar, { path: "/nope" })),
      ];
      return [{ last, size, mode, linkTarget }, files, missing];
    },
    want: [
      { last: "a.txt", size: 9, mode: 0o640, linkTarget: "" },
      [
        ["folder/", "directory", ""],
        ["folder/a.txt", "file", "some text"],
      ],
      [404, 404],
    ],
  },
  {
    title: "builds an image, classically",
    call: async (docker, name) => {
      const dockerfile = `FROM ${IMAGE}\nENV COLOR=red\nRUN echo built\nCMD ["sh", "-c", "echo $COLOR"]\n`;
      const tar = await packTar([{ name: "Dockerfile", content: dockerfile }]);
      const output: string[] = [];
      const steps = new Set<string>();
      const { id } = await docker.build(tar, {
        builder: "classic",
        tags: [`${name}:1`],
        onProgress: (event) => {
          if (event.type === "step") steps.add(event.step.name);
          if (event.type === "log") output.push(event.text);
        },
      });
      const inspected = await docker.imageInspect(`${name}:1`);
      const { stdout } = await docker.run(`${name}:1`, [], OFF);
      await docker.imageDelete(`${name}:1`, { force: true });
      const { Cmd } = inspected.Config ?? {};
      return [[...steps], output.includes("built\n"), inspected.Id === id, Cmd, stdout];
    },
    want: [
      [
        "[1/4] FROM busybox:local",
        "[2/4] ENV COLOR=red",
        "[3/4] RUN echo built",
        '[4/4] CMD ["sh", "-c", "echo $COLOR"]',
      ],
      true,
      true,
      ["sh", "-c", "echo $COLOR"],
      "red\n",
    ],
  },
];

/** Removes the containers that calls have left. */
export async function removeContainers(docker: Docker, name: string): Promise<void> {
  for (const { Id } of await docker.containerList({ all: true, filters: { name: [name] } })) {
    await docker.containerDelete(Id, { force: true });
  }
}
