import { isEngineError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, uniqueName, until, useEngine } from "./engine.js";
import { readTar } from "./tar.js";
import { tarOfFiles } from "./tar-of-files.js";

const FOREVER = ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"];

describeStores(everyStore, "the life of a container", (engine) => {
  const { docker, container, imageName } = useEngine(engine);

  const running = async (...command: string[]): Promise<string> => {
    const id = await container(...command);
    await docker.containerStart(id);
    return id;
  };
  const stateOf = async (id: string) => (await docker.containerInspect(id)).State;

  test("pause and unpause change its state, and neither can be done twice", async () => {
    const id = await running(...FOREVER);
    expect(await docker.containerPause(id).result()).toMatchObject({ ok: true, status: 204 });
    expect(await stateOf(id)).toMatchObject({ Status: "paused", Paused: true });
    expect(isEngineError(failureOf(await docker.containerPause(id).result()).error, 409)).toBe(true);
    expect(await docker.containerUnpause(id).result()).toMatchObject({ ok: true, status: 204 });
    expect(await stateOf(id)).toMatchObject({ Status: "running", Paused: false });
    expect(isEngineError(failureOf(await docker.containerUnpause(id).result()).error)).toBe(true);
  });

  test("restart starts its process anew", async () => {
    const id = await running(...FOREVER);
    const before = await stateOf(id);
    await docker.containerRestart(id, { t: 1 });
    const after = await stateOf(id);
    expect(after).toMatchObject({ Running: true });
    expect(after?.StartedAt).not.toBe(before?.StartedAt);
    expect(after?.Pid).not.toBe(before?.Pid);
  });

  test("a signal ends it with that signal's exit code", async () => {
    const id = await running("sleep", "300");
    const waiting = docker.containerWait(id);
    await docker.containerKill(id, { signal: "SIGKILL" });
    expect(await waiting).toMatchObject({ StatusCode: 137 });
    expect(isEngineError(failureOf(await docker.containerKill(id).result()).error, 409)).toBe(true);
    expect(
      isEngineError(failureOf(await docker.containerKill(id, { signal: "NONE" }).result()).error, 400),
    ).toBe(true);
  });

  test("a new name replaces the old one", async () => {
    const id = await container("true");
    const name = uniqueName("renamed");
    await docker.containerRename(id, { name });
    expect(await docker.containerInspect(name)).toMatchObject({ Id: id, Name: `/${name}` });
    const other = await container("true");
    expect(isEngineError(failureOf(await docker.containerRename(other, { name }).result()).error, 409)).toBe(
      true,
    );
  });

  test("an update changes its limits and how it is restarted", async () => {
    const id = await running(...FOREVER);
    const answer = await docker.containerUpdate(id, {
      CpuShares: 512,
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
    });
    expect(answer).toHaveProperty("Warnings");
    const { HostConfig } = await docker.containerInspect(id);
    expect(HostConfig).toMatchObject({
      CpuShares: 512,
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
    });
    const refused = failureOf(
      await docker.containerUpdate(id, { RestartPolicy: { Name: "nonsense" } }).result(),
    );
    expect(isEngineError(refused.error, 400)).toBe(true);
  });

  test("top lists its processes, with the requested columns", async () => {
    const id = await running("sh", "-c", "sleep 300 & exec sleep 301");
    await until("both processes run", async () => {
      const { Processes } = await docker.containerTop(id);
      return Processes?.length === 2;
    });
    const { Titles, Processes } = await docker.containerTop(id, { ps_args: "-o pid,args" });
    expect(Titles).toEqual(["PID", "COMMAND"]);
    expect(Processes?.map(([, command]) => command)).toEqual(
      expect.arrayContaining(["sleep 300", "sleep 301"]),
    );
    const stopped = await container("true");
    expect(isEngineError(failureOf(await docker.containerTop(stopped).result()).error, 409)).toBe(true);
  });

  test("logs come apart by stream, and by tail", async () => {
    const id = await running("sh", "-c", "echo one; echo two; echo three >&2");
    await docker.containerWait(id);
    const all = await docker.containerLogs(id, { stdout: true, stderr: true });
    expect(await all.text()).toEqual({ stdout: "one\ntwo\n", stderr: "three\n" });
    const errors = await docker.containerLogs(id, { stderr: true, tail: "3" });
    expect(await errors.text()).toEqual({ stdout: "", stderr: "three\n" });
    expect(isEngineError(failureOf(await docker.containerLogs(id).result()).error, 400)).toBe(true);
  });

  test("files put into it exist there, and are listed as changes", async () => {
    const id = await container("cat", "/tmp/told.txt");
    const none = await docker.containerChanges(id);
    expect(none ?? []).toEqual([]);
    await docker.putContainerArchive(id, await tarOfFiles({ "told.txt": "told\n" }), { path: "/tmp" });
    expect(await docker.containerArchiveInfo(id, { path: "/tmp/told.txt" }).result()).toMatchObject({
      ok: true,
      status: 200,
    });
    const [file] = await readTar(await docker.containerArchive(id, { path: "/tmp/told.txt" }));
    expect(file?.content.toString()).toBe("told\n");
    await docker.containerStart(id);
    await docker.containerWait(id);
    const changes = await docker.containerChanges(id);
    expect(changes).toContainEqual({ Path: "/tmp/told.txt", Kind: 1 });
    const missing = failureOf(await docker.containerArchiveInfo(id, { path: "/no/such/file" }).result());
    expect(missing.status).toBe(404);
    const nowhere = await docker
      .putContainerArchive(id, await tarOfFiles({}), { path: "/no/such/folder" })
      .result();
    expect(isEngineError(failureOf(nowhere).error, 404)).toBe(true);
  });

  test("a commit makes an image of it, with the requested changes", async () => {
    const id = await container("true");
    await docker.putContainerArchive(id, await tarOfFiles({ "kept.txt": "kept" }), { path: "/etc" });
    const name = imageName("commit");
    const [repo = "", tag = ""] = name.split(":");
    const options = { container: id, repo, tag, comment: "a test", changes: ["ENV A=b", "LABEL c=d"] };
    const { Id } = await docker.imageCommit(options);
    const image = await docker.imageInspect(name);
    expect(image).toMatchObject({ Id, RepoTags: [name], Comment: "a test" });
    expect(image.Config).toMatchObject({ Env: expect.arrayContaining(["A=b"]), Labels: { c: "d" } });
    const [newest] = await docker.imageHistory(name);
    expect(newest).toMatchObject({ Comment: "a test" });
  });

  test("a prune deletes the stopped ones that the filter finds", async () => {
    const label = uniqueName("pruned");
    const make = async () =>
      (await docker.containerCreate({ Image: "busybox:local", Cmd: ["true"], Labels: { [label]: "" } })).Id;
    const ids = [await make(), await make()];
    const spared = await container("true");
    const { ContainersDeleted } = await docker.containerPrune({ filters: { label: [label] } });
    expect(ContainersDeleted?.slice().sort()).toEqual(ids.sort());
    expect(await docker.containerInspect(spared).result()).toMatchObject({ ok: true });
    const nothing = await docker.containerPrune({ filters: { label: [label] } });
    expect(nothing.ContainersDeleted ?? []).toEqual([]);
  });
});

describeStores(everyStore, "talking to a container", (engine) => {
  const { docker, container, atEnd } = useEngine(engine);

  const interactive = async (Tty: boolean, ...Cmd: string[]): Promise<string> => {
    const { Id } = await docker.containerCreate({
      Image: "busybox:local",
      Cmd,
      Tty,
      OpenStdin: true,
      StdinOnce: true,
      HostConfig: { NetworkMode: "none" },
    });
    atEnd(() => docker.containerDelete(Id, { force: true }));
    return Id;
  };

  test("attach carries input and both outputs", async () => {
    const id = await interactive(false, "sh", "-c", "cat; echo done >&2");
    const attached = await docker.containerAttach(id, {
      stream: true,
      stdin: true,
      stdout: true,
      stderr: true,
    });
    await docker.containerStart(id);
    attached.stdin.end("spoken");
    expect(await attached.text()).toEqual({ stdout: "spoken", stderr: "done\n" });
    expect(await docker.containerWait(id)).toMatchObject({ StatusCode: 0 });
  });

  test("a WebSocket carries input and output", async () => {
    const id = await interactive(false, "head", "-n", "1");
    const attached = await docker.containerAttachWebsocket(id, { stream: true, stdin: true, stdout: true });
    await docker.containerStart(id);
    attached.stdin.write("over a WebSocket\n");
    expect((await attached.text()).stdout).toContain("over a WebSocket\n");
    const gone = failureOf(await docker.containerAttachWebsocket("sdk-test-none").result());
    expect(isEngineError(gone.error, 404)).toBe(true);
  });

  test("its terminal has the requested size", async () => {
    const id = await interactive(true, "sh", "-c", "read line; stty size");
    const attached = await docker.containerAttach(id, { stream: true, stdin: true, stdout: true });
    await docker.containerStart(id);
    await docker.containerResize(id, { h: 33, w: 77 });
    attached.stdin.write("\n");
    expect((await attached.text()).stdout).toContain("33 77");
  });

  test("a command in it gives its output and exit code; its terminal can be resized", async () => {
    const id = await container("sleep", "300");
    const early = await docker.containerExec(id, { Cmd: ["true"] }).result();
    expect(isEngineError(failureOf(early).error, 409)).toBe(true);
    await docker.containerStart(id);
    const create = async (Tty: boolean, command: string) =>
      docker.containerExec(id, { Cmd: ["sh", "-c", command], Tty, AttachStdin: Tty, AttachStdout: true });
    const plain = await create(false, "echo inside; exit 3");
    const output = await docker.execStart(plain.Id, { body: { Detach: false } });
    expect(await output.text()).toEqual({ stdout: "inside\n", stderr: "" });
    expect(await docker.execInspect(plain.Id)).toMatchObject({
      ID: plain.Id,
      ContainerID: id,
      Running: false,
      ExitCode: 3,
    });
    const terminal = await create(true, "read line; stty size");
    const screen = await docker.execStart(terminal.Id, { body: { Tty: true } });
    expect(await docker.execInspect(terminal.Id)).toMatchObject({ Running: true, ExitCode: null });
    await docker.execResize(terminal.Id, { h: 21, w: 43 });
    screen.stdin.write("\n");
    expect((await screen.text()).stdout).toContain("21 43");
    expect(isEngineError(failureOf(await docker.execInspect("sdk-test-none").result()).error, 404)).toBe(
      true,
    );
  });
});
