import { isEngineError, type LogStream, StreamError } from "../../../src/index.js";
import { bytesOf } from "../../helpers/streams.js";
import { tarOfFiles } from "../tar-of-files.js";
import { must, type Subject, type Trials } from "./subject.js";

const BOTH = ["sh", "-c", "echo out; echo err >&2"];
const both = { stdout: true, stderr: true } as const;

/** What a container or exec with and without a terminal wrote, as `echo` in a shell writes it. */
async function mustBeOutput(output: LogStream, tty: boolean): Promise<void> {
  const { stdout, stderr } = await output.text();
  const wanted = tty ? ["out\r\nerr\r\n", ""] : ["out\n", "err\n"];
  must(stdout === wanted[0] && stderr === wanted[1], `the output is ${JSON.stringify({ stdout, stderr })}`);
}

async function execute({ docker }: Subject, id: string, Cmd: string[], Tty: boolean) {
  const { Id } = await docker.containerExec(id, { Cmd, Tty, AttachStdout: true, AttachStderr: true });
  return { Id, output: await docker.execStart(Id, { body: { Detach: false, Tty } }) };
}

const stateOf = async ({ docker }: Subject, id: string) => (await docker.containerInspect(id)).State;

export const containers: Trials = {
  async ContainerCreate(subject) {
    const { docker } = subject;
    const name = subject.name("create");
    const { Id, Warnings } = await docker.containerCreate({ Image: "busybox:local" }, { name });
    subject.atEnd(() => docker.containerDelete(Id));
    const again = await docker.containerCreate({ Image: "busybox:local" }, { name }).result();
    must(!again.ok && isEngineError(again.error), "a name can be taken twice");
    return [
      !isEngineError(again.error, 409) && `a name that is taken is ${again.status}`,
      Warnings === null && "Warnings is null",
    ];
  },
  async ContainerList(subject) {
    const id = await subject.container(["true"]);
    const [found, ...others] = (
      await subject.docker.containerList({
        all: true,
        filters: { label: [subject.label], status: ["created"] },
      })
    ).filter(({ Id }) => Id === id);
    must(found && others.length === 0, "the container is not listed");
    return [
      found.State !== "created" && `State is "${found.State}"`,
      found.HostConfig?.NetworkMode !== "none" && "HostConfig.NetworkMode is missing",
    ];
  },
  async ContainerInspect(subject) {
    const id = await subject.container(["sleep", "1"], { Env: ["A=b"], StopSignal: "SIGUSR1" });
    const { Config, Id, Platform, State } = await subject.docker.containerInspect(id);
    must(
      Id === id && Config?.Cmd?.join() === "sleep,1" && Config.Env?.includes("A=b"),
      "another container is inspected",
    );
    const missing = await subject.docker.containerInspect("sdk-survey-none").result();
    must(!missing.ok && isEngineError(missing.error, 404), "a missing container is not 404");
    return [
      State.Status !== "created" && `State.Status is "${State.Status}"`,
      Config.StopSignal !== "SIGUSR1" && `Config.StopSignal is "${Config.StopSignal}" for "SIGUSR1"`,
      Platform !== "linux" && `Platform is ${JSON.stringify(Platform)}`,
    ];
  },
  async ContainerStart(subject) {
    const id = await subject.running();
    const again = await subject.docker.containerStart(id).result();
    must(again.ok, "starting twice fails");
    return [again.status !== 304 && `a second start answers ${again.status}`];
  },
  async ContainerStop(subject) {
    const id = await subject.running([
      "sh",
      "-c",
      "trap 'exit 5' TERM; echo ready; while true; do sleep 0.1; done",
    ]);
    for await (const _ of subject.docker.containerLogs(id, { stdout: true, follow: true })) break;
    await subject.docker.containerStop(id, { t: 5 });
    const { ExitCode } = await stateOf(subject, id);
    const again = await subject.docker.containerStop(id).result();
    must(again.ok, "stopping twice fails");
    return [
      ExitCode !== 5 && `the exit code is ${ExitCode}`,
      again.status !== 304 && `a second stop answers ${again.status}`,
    ];
  },
  async ContainerRestart(subject) {
    const id = await subject.running();
    const { StartedAt } = await stateOf(subject, id);
    await subject.docker.containerRestart(id, { t: 0 });
    const state = await stateOf(subject, id);
    must(state.Running && state.StartedAt !== StartedAt, "it was not restarted");
  },
  async ContainerKill(subject) {
    const id = await subject.running();
    await subject.docker.containerKill(id, { signal: "KILL" });
    const { StatusCode } = await subject.docker.containerWait(id, { condition: "not-running" });
    must(StatusCode === 137, `the exit code is ${StatusCode}`);
  },
  async ContainerPause(subject) {
    const id = await subject.running();
    subject.atEnd(() => subject.docker.containerUnpause(id));
    await subject.docker.containerPause(id);
    const { Paused, Status } = await stateOf(subject, id);
    must(Status === "paused", `State.Status is "${Status}"`);
    return [!Paused && "State.Paused is false"];
  },
  async ContainerUnpause(subject) {
    const id = await subject.running();
    await subject.docker.containerPause(id);
    await subject.docker.containerUnpause(id);
    must((await stateOf(subject, id)).Status === "running", "it does not run");
  },
  async ContainerRename(subject) {
    const id = await subject.container(["true"]);
    const name = subject.name("renamed");
    await subject.docker.containerRename(id, { name });
    must((await subject.docker.containerInspect(name)).Id === id, "it has its old name");
  },
  async ContainerUpdate(subject) {
    const id = await subject.running();
    const { Warnings } = await subject.docker.containerUpdate(id, { CpuShares: 512 });
    const { HostConfig } = await subject.docker.containerInspect(id);
    return [
      HostConfig?.CpuShares !== 512 && `HostConfig.CpuShares is ${HostConfig?.CpuShares} after it`,
      Warnings === undefined && "Warnings is missing",
    ];
  },
  async ContainerResize(subject) {
    await subject.docker.containerResize(await subject.running(["sleep", "600"], { Tty: true }), {
      h: 30,
      w: 100,
    });
  },
  async ContainerTop(subject) {
    const { Processes, Titles } = await subject.docker.containerTop(await subject.running());
    must(
      Processes?.flat().some((field) => field.includes("sleep")),
      "the process is not listed",
    );
    return [(Titles?.length ?? 0) < 3 && "every process is a single field"];
  },
  async ContainerChanges(subject) {
    const changes = await subject.docker.containerChanges(await subject.exited(["touch", "/tmp/new"]));
    must(
      changes?.some(({ Kind, Path }) => Path === "/tmp/new" && Kind === 1),
      "the new file is not listed",
    );
  },
  async ContainerExport(subject) {
    const tar = await bytesOf(
      (await subject.docker.containerExport(await subject.container(["true"]))).toNode(),
    );
    must(tar.includes("etc/passwd"), "the tar lacks a file");
  },
  async ContainerLogs(subject) {
    for (const Tty of [false, true]) {
      const id = await subject.exited(BOTH, { Tty });
      await mustBeOutput(await subject.docker.containerLogs(id, both), Tty);
      await mustBeOutput(await subject.docker.containerLogs(id, { ...both, follow: true }), Tty);
    }
  },
  async ContainerAttach(subject) {
    for (const Tty of [false, true]) {
      const id = await subject.container(BOTH, { Tty });
      const output = await subject.docker.containerAttach(id, { ...both, stream: true });
      await subject.docker.containerStart(id);
      await mustBeOutput(output, Tty);
    }
  },
  async ContainerAttachWebsocket(subject) {
    const id = await subject.container(["echo", "out"], { Tty: true });
    const output = await subject.docker.containerAttachWebsocket(id, { ...both, stream: true });
    await subject.docker.containerStart(id);
    must((await output.text()).stdout === "out\r\n", "the output is another");
  },
  async ContainerStats(subject) {
    const { docker } = subject;
    const id = await subject.running();
    for await (const stats of docker.containerStats(id)) {
      must(stats.cpu_stats?.cpu_usage, "there are no statistics");
      break;
    }
    const stopped = await docker.containerStats(await subject.exited(), { stream: false }).result();
    must(
      stopped.ok || stopped.error instanceof StreamError,
      "a container that does not run is another failure",
    );
    return [!stopped.ok && "of a container that does not run they are a StreamError"];
  },
  async ContainerWait(subject) {
    const id = await subject.container(["sh", "-c", "sleep 1; exit 7"]);
    const exit = subject.docker.containerWait(id, { condition: "next-exit" });
    await exit.begun();
    await subject.docker.containerStart(id);
    must((await exit).StatusCode === 7, "the exit code is another");
  },
  async ContainerPrune(subject) {
    const label = subject.name("prune");
    const { Id } = await subject.docker.containerCreate({ Image: "busybox:local", Labels: { [label]: "" } });
    subject.atEnd(() => subject.docker.containerDelete(Id));
    const { ContainersDeleted } = await subject.docker.containerPrune({ filters: { label: [label] } });
    must(ContainersDeleted?.join() === Id, "it deleted other containers");
  },
  async ContainerDelete(subject) {
    const id = await subject.running();
    const refused = await subject.docker.containerDelete(id).result();
    must(!refused.ok, "a container that runs is deleted without force");
    await subject.docker.containerDelete(id, { force: true });
    const again = await subject.docker.containerDelete(id).result();
    must(!again.ok && isEngineError(again.error, 404), "it is not gone");
    return [refused.status !== 409 && `without force it answers ${refused.status} while the container runs`];
  },
  async PutContainerArchive(subject) {
    const id = await subject.running();
    await subject.docker.putContainerArchive(id, await tarOfFiles({ "put.txt": "content" }), {
      path: "/tmp",
    });
    const { stdout } = await subject.docker.exec(id, ["cat", "/tmp/put.txt"]);
    must(stdout === "content", "the file is another");
  },
  async ContainerArchive(subject) {
    const id = await subject.container(["true"]);
    const archive = await subject.docker.containerArchive(id, { path: "/etc/passwd" });
    must((await bytesOf(archive.toNode())).includes("root:x:0:0"), "the file is another");
    return [archive.stat?.name !== "passwd" && "there is no stat"];
  },
  async ContainerArchiveInfo(subject) {
    const id = await subject.container(["true"]);
    const { name, size } = await subject.docker.containerArchiveInfo(id, { path: "/etc/passwd" });
    must(name === "passwd" && size > 0, "it is another file");
    const missing = await subject.docker.containerArchiveInfo(id, { path: "/none" }).result();
    must(!missing.ok && isEngineError(missing.error, 404), "a missing path is not 404");
  },
  async ContainerExec(subject) {
    const id = await subject.running();
    must((await subject.docker.containerExec(id, { Cmd: ["true"] })).Id, "there is no ID");
    const stopped = await subject.docker
      .containerExec(await subject.container(["true"]), { Cmd: ["true"] })
      .result();
    return [
      stopped.ok
        ? "a container that does not run does not fail"
        : stopped.status !== 409 && `a container that does not run is ${stopped.status}`,
    ];
  },
  async ExecStart(subject) {
    const id = await subject.running();
    for (const tty of [false, true]) await mustBeOutput((await execute(subject, id, BOTH, tty)).output, tty);
    const { Id } = await subject.docker.containerExec(id, { Cmd: ["touch", "/tmp/detached"] });
    await subject.docker.execStart(Id, { body: { Detach: true } });
  },
  async ExecInspect(subject) {
    const { Id, output } = await execute(subject, await subject.running(), ["sh", "-c", "exit 4"], false);
    await output.text();
    const { ExitCode, ProcessConfig, Running } = await subject.docker.execInspect(Id);
    must(!Running && ExitCode === 4, `it exited with ${ExitCode}`);
    return [ProcessConfig?.tty !== false && "ProcessConfig.tty is missing"];
  },
  async ExecResize(subject) {
    const { Id, output } = await execute(
      subject,
      await subject.running(),
      ["sh", "-c", "echo ready; sleep 5"],
      true,
    );
    await output[Symbol.asyncIterator]().next();
    await subject.docker.execResize(Id, { h: 30, w: 100 });
    output.cancel();
  },
};
