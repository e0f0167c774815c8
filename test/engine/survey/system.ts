import { must, type Subject, type Trials } from "./subject.js";

export const system: Trials = {
  async SystemInfo({ docker }) {
    const [{ ID, OSType, ServerVersion }, again] = [await docker.systemInfo(), await docker.systemInfo()];
    must(ServerVersion && OSType === "linux", "it is not an Engine");
    return [ID !== again.ID && "ID is another each time"];
  },
  async SystemVersion({ docker }) {
    const { ApiVersion, Version } = await docker.systemVersion();
    must(Version && ApiVersion, "there is no version");
  },
  async SystemPing({ docker }) {
    must((await docker.systemPing()) === "OK", "the answer is another");
  },
  async SystemPingHead({ docker }) {
    await docker.systemPingHead();
  },
  async SystemDataUsage({ docker }) {
    const { BuildCache, Images, LayersSize, Volumes } = await docker.systemDataUsage();
    must(Images && Images.length > 0, "there are no images");
    return [
      BuildCache === null && "BuildCache is null",
      Volumes === null && "Volumes is null",
      LayersSize === undefined && "LayersSize is missing",
    ];
  },
  async SystemEvents(subject) {
    const { docker } = subject;
    const since = Math.floor(Date.now() / 1000) - 1;
    const id = await subject.exited(["sh", "-c", "exit 3"]);
    await docker.containerDelete(id);
    const seen: string[] = [];
    const nanos: (number | bigint | undefined)[] = [];
    let exitCode: string | undefined;
    for await (const { Action, Actor, Type, timeNano } of docker.systemEvents({
      since,
      until: Math.ceil(Date.now() / 1000) + 1,
    })) {
      if (Type !== "container" || Actor?.ID !== id) continue;
      seen.push(Action ?? "");
      nanos.push(timeNano);
      if (Action === "die") exitCode = Actor.Attributes?.exitCode;
    }
    for (const action of ["create", "start", "die"])
      must(seen.includes(action), `there is no ${action} event`);
    const of = async (event: string): Promise<boolean> => {
      const query = { since, until: Math.floor(Date.now() / 1000) + 1, filters: { event: [event] } };
      for await (const { Actor } of docker.systemEvents(query)) if (Actor?.ID === id) return true;
      return false;
    };
    return [
      !(await of("die")) && 'the filter "die" finds nothing, "died" does',
      !seen.includes("destroy") &&
        `${seen.includes("remove") ? '"remove"' : "nothing"} comes instead of "destroy"`,
      exitCode !== "3" && "die has no exitCode",
      nanos.every((time) => BigInt(time ?? 0) % 1000n === 0n) && "times are microseconds",
    ];
  },
  async NetworkCreate(subject) {
    const { Id } = await subject.docker.networkCreate({
      Name: subject.name("network"),
      Labels: subject.labels,
    });
    subject.atEnd(() => subject.docker.networkDelete(Id));
    must(Id, "there is no ID");
  },
  async NetworkInspect(subject) {
    const Name = subject.name("network");
    const { Id } = await subject.docker.networkCreate({ Name });
    subject.atEnd(() => subject.docker.networkDelete(Id));
    const { Driver, IPAM, Name: name } = await subject.docker.networkInspect(Id);
    must(name === Name && Driver === "bridge" && IPAM?.Config?.[0]?.Subnet, "it is another network");
    const missing = await subject.docker.networkInspect("sdk-survey-none").result();
    must(!missing.ok && missing.status === 404, "a missing network is not 404");
  },
  async NetworkList({ docker }) {
    const names = (await docker.networkList()).map(({ Name }) => Name);
    must(names.length > 0, "there is none");
    return [
      !names.includes("bridge") && `the default network is "${names[0]}"`,
      !names.includes("none") && 'there is no "none"',
    ];
  },
  async NetworkConnect(subject) {
    const { Id } = await subject.docker.networkCreate({ Name: subject.name("network") });
    const first = await subject.docker.networkCreate({ Name: subject.name("network") });
    subject.atEnd(() => subject.docker.networkDelete(Id));
    subject.atEnd(() => subject.docker.networkDelete(first.Id));
    const container = await subject.running(["sleep", "600"], { HostConfig: { NetworkMode: first.Id } });
    await subject.docker.networkConnect(Id, { Container: container, EndpointConfig: { Aliases: ["alias"] } });
    const { NetworkSettings } = await subject.docker.containerInspect(container);
    must(Object.keys(NetworkSettings?.Networks ?? {}).length === 2, "it is not connected");
  },
  async NetworkDisconnect(subject) {
    const { Id } = await subject.docker.networkCreate({ Name: subject.name("network") });
    subject.atEnd(() => subject.docker.networkDelete(Id));
    const container = await subject.running(["sleep", "600"], { HostConfig: { NetworkMode: Id } });
    await subject.docker.networkDisconnect(Id, { Container: container, Force: true });
    const { NetworkSettings } = await subject.docker.containerInspect(container);
    must(Object.keys(NetworkSettings?.Networks ?? {}).length === 0, "it is still connected");
  },
  async NetworkDelete(subject) {
    const { Id } = await subject.docker.networkCreate({ Name: subject.name("network") });
    await subject.docker.networkDelete(Id);
    must(!(await subject.docker.networkInspect(Id).result()).ok, "it is still there");
  },
  async NetworkPrune(subject) {
    const [Name, label] = [subject.name("network"), subject.name("prune")];
    const { Id } = await subject.docker.networkCreate({ Name, Labels: { [label]: "" } });
    subject.atEnd(() => subject.docker.networkDelete(Id));
    const { NetworksDeleted } = await subject.docker.networkPrune({ filters: { label: [label] } });
    must(NetworksDeleted?.join() === Name, "it deleted other networks");
  },
  async VolumeCreate(subject) {
    const Name = subject.name("volume");
    const volume = await subject.docker.volumeCreate({ Name, Labels: subject.labels });
    subject.atEnd(() => subject.docker.volumeDelete(Name));
    must(volume.Name === Name && volume.Driver === "local", "it is another volume");
  },
  async VolumeInspect(subject) {
    const Name = subject.name("volume");
    await subject.docker.volumeCreate({ Name, Labels: subject.labels });
    subject.atEnd(() => subject.docker.volumeDelete(Name));
    const { Labels, Mountpoint } = await subject.docker.volumeInspect(Name);
    must(Mountpoint && Object.keys(Labels ?? {}).length === 1, "it is another volume");
    const missing = await subject.docker.volumeInspect("sdk-survey-none").result();
    must(!missing.ok && missing.status === 404, "a missing volume is not 404");
  },
  async VolumeList(subject) {
    const Name = subject.name("volume");
    await subject.docker.volumeCreate({ Name, Labels: subject.labels });
    subject.atEnd(() => subject.docker.volumeDelete(Name));
    const { Volumes, Warnings } = await subject.docker.volumeList({ filters: { label: [subject.label] } });
    must(
      Volumes?.some((volume) => volume.Name === Name),
      "it is not listed",
    );
    return [Warnings === undefined && "Warnings is missing"];
  },
  async VolumeDelete(subject) {
    const Name = subject.name("volume");
    await subject.docker.volumeCreate({ Name });
    await subject.docker.volumeDelete(Name);
    must(!(await subject.docker.volumeInspect(Name).result()).ok, "it is still there");
  },
  async VolumePrune(subject) {
    const [Name, label] = [subject.name("volume"), subject.name("prune")];
    await subject.docker.volumeCreate({ Name, Labels: { [label]: "" } });
    subject.atEnd(() => subject.docker.volumeDelete(Name));
    const all = await subject.docker.volumePrune({ filters: { label: [label], all: ["true"] } }).result();
    const { VolumesDeleted } = all.ok
      ? all.data
      : await subject.docker.volumePrune({ filters: { label: [label] } });
    must(VolumesDeleted?.join() === Name, "it deleted other volumes");
    return [!all.ok && 'the filter "all" is refused, and not needed'];
  },
};

/** Podman keeps secrets without a swarm. */
export const secrets: Trials = {
  async SecretCreate(subject) {
    must(await secret(subject), "there is no ID");
  },
  async SecretInspect(subject) {
    const ID = await secret(subject);
    must((await subject.docker.secretInspect(ID)).ID === ID, "it is another secret");
  },
  async SecretList(subject) {
    const ID = await secret(subject);
    must(
      (await subject.docker.secretList()).some((one) => one.ID === ID),
      "it is not listed",
    );
  },
  async SecretUpdate(subject) {
    const ID = await secret(subject);
    await subject.docker.secretUpdate(ID, { Labels: { a: "b" } }, { version: 1 });
  },
  async SecretDelete(subject) {
    const ID = await secret(subject);
    await subject.docker.secretDelete(ID);
    must(!(await subject.docker.secretInspect(ID).result()).ok, "it is still there");
  },
};

async function secret(subject: Subject): Promise<string> {
  const Data = Buffer.from("secret").toString("base64");
  const { ID } = await subject.docker.secretCreate({ Name: subject.name("secret"), Data });
  subject.atEnd(() => subject.docker.secretDelete(ID));
  return ID;
}
