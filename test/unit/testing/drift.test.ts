import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import type { Docker } from "../../../src/index.js";
import { bodyDrift } from "../../../src/testing/drift.js";
import { checkRecording, recordEngine } from "../../../src/testing/index.js";
import { frame } from "../../helpers/frames.js";
import { withClientOf } from "../../helpers/servers.js";
import { useTemporaryFolder } from "../../helpers/temporary-folder.js";

let file: string;

useTemporaryFolder((folder) => {
  file = join(folder, "recording.jsonl");
});

const ID = (digit: string): string => digit.repeat(64);
const drift = (before: unknown, now: unknown): string[] =>
  bodyDrift(Buffer.from(JSON.stringify(before)), Buffer.from(JSON.stringify(now)), "application/json");

test.each<[string, unknown, unknown]>([
  ["an ID", { Id: ID("a") }, { Id: ID("b") }],
  ["a path with an ID", { P: `/var/${ID("a")}/x` }, { P: `/var/${ID("b")}/x` }],
  ["a time", { T: "2026-01-02T03:04:05.123456Z" }, { T: "2027-01-02T03:04:06Z" }],
  ["a span of time", { Status: "Up 2 seconds" }, { Status: "Up About a minute" }],
  [
    "an address",
    { IP: "172.17.0.2", Mac: "02:42:ac:11:00:02" },
    { IP: "172.18.0.3", Mac: "02:42:ac:11:00:03" },
  ],
  ["a name that the Engine makes up", { Names: ["/brave_bohr"] }, { Names: ["/calm_curie"] }],
  ["a size or process ID", { Size: 1, Pid: 2 }, { Size: 3, Pid: 4 }],
  ["a member named by an ID", { [ID("a")]: { Name: "n" } }, { [ID("b")]: { Name: "n" } }],
])("%s does not count as a difference", (_, before, now) => expect(drift(before, now)).toEqual([]));

test.each<[string, unknown, unknown, string]>([
  [
    "a value",
    { State: { Running: true } },
    { State: { Running: false } },
    "body.State.Running is false, not true",
  ],
  ["a missing member", { a: 1, b: 2 }, { a: 1 }, "body.b is missing"],
  ["a new member", { a: 1 }, { a: 1, b: 2 }, "body.b is new"],
  ["the length of a list", { l: [1] }, { l: [] }, "body.l has 0 items, not 1"],
  ["another type", { l: null }, { l: [] }, "body.l is a list, not null"],
  ["an exit code", { ExitCode: 0 }, { ExitCode: 1 }, "body.ExitCode is 1, not 0"],
])("%s is a difference", (_, before, now, expected) => expect(drift(before, now)).toEqual([expected]));

/** An Engine whose containers have a random ID, and which answers as it is told. */
const engine = (id: string, state: string) => {
  const listener: RequestListener = ({ url = "" }, response) => {
    const json = (status: number, value: unknown) =>
      void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    if (url.includes("/version")) json(200, { ApiVersion: "1.48" });
    else if (url.includes("/create")) json(201, { Id: id, Warnings: [] });
    else if (url.includes(id)) json(200, { Id: id, State: { Status: state } });
    else if (url.includes("ping")) response.end();
    else json(404, { message: `no ${url}` });
  };
  return createServer(listener).on("upgrade", (_, socket) => {
    socket.write(
      "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n" +
        "Content-Type: application/vnd.docker.multiplexed-stream\r\n\r\n",
    );
    socket.once("data", (input: Buffer) => socket.end(frame(1, `${state} ${input}`)));
  });
};

test("a recording is made again with new IDs, and says what differs", async () => {
  const act = async (docker: Docker) => {
    const { Id } = await docker.containerCreate({ Image: "a", Env: ["A=secret"] });
    await docker.containerInspect(Id);
    const attached = await docker.containerAttach(Id, { stream: true, stdin: true, stdout: true });
    attached.stdin.write("hello");
    return (await attached.text()).stdout;
  };
  await withClientOf(engine(ID("a"), "running"), async (docker) => {
    await using _recording = recordEngine(docker, file);
    expect(await act(docker)).toBe("running hello");
  });
  await withClientOf(engine(ID("b"), "running"), async (docker) => {
    expect(await checkRecording(file, docker)).toEqual({ differences: [], unchecked: [] });
  });
  await withClientOf(engine(ID("b"), "created"), async (docker) => {
    const { differences } = await checkRecording(file, docker);
    expect(differences).toEqual([
      expect.stringMatching(/\(containerInspect\): body\.State\.Status is "created", not "running"$/),
      expect.stringMatching(/\(containerAttach\): the output differs$/),
    ]);
  });
});

test("a request that needs a masked secret is not made", async () => {
  await withClientOf(engine(ID("a"), "running"), async (docker) => {
    const recording = recordEngine(docker, file);
    await docker.systemAuth({ username: "me", password: "hunter2" }).result();
    await recording.close();
    expect(await checkRecording(file, docker)).toEqual({
      differences: [],
      unchecked: ["POST /auth (systemAuth): it needs a secret that is masked"],
    });
  });
});
