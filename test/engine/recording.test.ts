import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Docker, type EventMessage } from "../../src/index.js";
import { checkRecording, recordEngine, replayEngine } from "../../src/testing/index.js";
import { describeStores, everyStore, fromEnvironment, uniqueName, useEngine } from "./engine.js";

/** What a program could do with an Engine, and all that it gets to see of it. */
async function session(docker: Docker, name: string, folder: string): Promise<Record<string, unknown>> {
  await mkdir(folder);
  const { Id } = await docker.containerCreate(
    {
      Image: "busybox:local",
      Cmd: ["sh", "-c", "echo started; echo failed >&2; exec sleep 600"],
      Env: ["TOKEN=hidden-value"],
      HostConfig: { Init: true, NetworkMode: "none" },
    },
    { name },
  );
  const seen: EventMessage[] = [];
  const events = await docker.systemEvents({ filters: { container: [name] } });
  const following = (async () => {
    for await (const event of events) {
      seen.push(event);
      if (event.Action === "start") break;
    }
  })();
  await docker.containerStart(Id);
  await following;
  const list = await docker.containerList({ filters: { name: [name] } });
  const run = await docker.run("busybox:local", ["sh", "-c", "cat; exit 3"], {
    stdin: "some input\n",
    remove: true,
    create: { HostConfig: { NetworkMode: "none" } },
  } as never);
  const exec = await docker.exec(name, ["sh", "-c", 'read x; echo "got $x"'], { tty: true, stdin: "abc\n" });
  const lines: string[] = [];
  const logs = await docker.containerLogs(name, { stdout: true, stderr: true, follow: true });
  for await (const { stream, line } of logs.lines()) {
    lines.push(`${stream} ${line}`);
    if (lines.length === 2) break;
  }
  await writeFile(join(folder, "in"), "content");
  await docker.copyIn(name, join(folder, "in"), "/tmp/file");
  await docker.copyOut(name, "/tmp/file", join(folder, "out"));
  const progress: unknown[] = [];
  const loaded = await docker.load(await (await docker.imageGet("busybox:local")).bytes(), {
    onProgress: (event) => progress.push(event),
  });
  const missing = await docker.pull("127.0.0.1:9/none:1").catch((error: unknown) => String(error));
  const { Config, State } = await docker.containerInspect(Id);
  await docker.containerDelete(Id, { force: true });
  const copied = await readFile(join(folder, "out"), "utf8");
  return {
    Id,
    seen,
    list,
    run,
    exec,
    lines: lines.sort(),
    copied,
    progress,
    loaded,
    missing,
    Cmd: Config.Cmd,
    State,
  };
}

describeStores(everyStore, "a recording of a real Engine", (engine) => {
  const { docker, atEnd, path } = useEngine(engine);
  const name = uniqueName("recorded");
  let recorded: Record<string, unknown>;
  const file = (): string => path("session.jsonl");

  beforeAll(async () => {
    atEnd(async () => void (await docker.containerDelete(name, { force: true }).result()));
    // The session loads the image. The first time, that annotates it, and later inspections show the annotations.
    await docker.load(await (await docker.imageGet("busybox:local")).bytes());
    const recording = recordEngine(docker, file(), { secrets: ["hidden-value"] });
    recorded = await session(docker, name, path("recorded"));
    await recording.close();
  });

  test("replays the same, with no Engine", async () => {
    expect(recorded).toMatchObject({
      copied: "content",
      exec: { stdout: "abc\r\ngot abc\r\n" },
      run: { exitCode: 3 },
    });
    const replayed = replayEngine(file());
    await using client = new Docker(replayed.options);
    expect(await session(client, name, path("replayed"))).toEqual(recorded);
    replayed.done();
  });

  test("has no secret", async () => {
    expect(await readFile(file(), "utf8")).not.toContain("hidden-value");
  });

  test("does not drift from the same Engine", async () => {
    const { differences } = await checkRecording(file(), docker);
    expect(differences).toEqual([]);
  });

  const older = fromEnvironment("DOCKER_HOST_20", "the drift of a recording");
  const testOlder = older === undefined ? () => undefined : test;
  testOlder("drifts from an older Engine, and the check says how", async () => {
    await using client = new Docker({ host: older as string });
    const { differences } = await checkRecording(file(), client);
    await client.containerDelete(name, { force: true }).result();
    expect(differences[0]).toMatch(
      /^The Engine knows API version 1\.41 at most, and the recording is of 1\.\d+$/,
    );
    expect(differences).toContainEqual(
      expect.stringMatching(
        /^GET \/containers\/\w+\/json \(containerInspect\): body\.GraphDriver\.Name is "overlay2", not/,
      ),
    );
  });
});
