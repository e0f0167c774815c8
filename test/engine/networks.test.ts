import { isEngineError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, uniqueName, useEngine } from "./engine.js";

describeStores(everyStore, "networks", (engine) => {
  const { docker, container, atEnd } = useEngine(engine);

  const networks: string[] = [];
  const containers: string[] = [];
  // A network that a container uses cannot be deleted.
  atEnd(async () => {
    for (const id of containers) await docker.containerDelete(id, { force: true });
    for (const id of networks) {
      const deleted = await docker.networkDelete(id).result();
      if (!deleted.ok && deleted.status !== 404) throw deleted.error;
    }
  });

  const create = async (what: string, subnet: string, labels = {}) => {
    const Name = uniqueName(what);
    const { Id } = await docker.networkCreate({
      Name,
      Labels: labels,
      Internal: true,
      IPAM: { Config: [{ Subnet: `${subnet}.0/24`, Gateway: `${subnet}.1` }] },
    });
    networks.push(Id);
    return { Id, Name };
  };

  test("one is created as requested, listed, inspected and deleted", async () => {
    const { Id, Name } = await create("network", "10.211.1", { of: "a test" });
    const inspected = await docker.networkInspect(Name);
    expect(inspected).toMatchObject({
      Id,
      Driver: "bridge",
      Internal: true,
      Labels: { of: "a test" },
      IPAM: { Config: [{ Subnet: "10.211.1.0/24", Gateway: "10.211.1.1" }] },
    });
    const listed = await docker.networkList({ filters: { name: [Name] } });
    expect(listed.map((network) => network.Id)).toEqual([Id]);
    const again = failureOf(await docker.networkCreate({ Name }).result());
    expect(isEngineError(again.error, 409)).toBe(true);
    expect(await docker.networkDelete(Id).result()).toMatchObject({ ok: true, status: 204 });
    expect(isEngineError(failureOf(await docker.networkInspect(Id).result()).error, 404)).toBe(true);
  });

  test("a container is connected with the requested address and names, and disconnected", async () => {
    const { Id, Name } = await create("connected", "10.211.2");
    const { Id: Container } = await docker.containerCreate({
      Image: "busybox:local",
      Cmd: ["sleep", "300"],
      HostConfig: { NetworkMode: Name },
    });
    containers.push(Container);
    const other = await create("other", "10.211.3");
    await docker.networkConnect(other.Id, {
      Container,
      EndpointConfig: { Aliases: ["alias"], IPAMConfig: { IPv4Address: "10.211.3.77" } },
    });
    await docker.containerStart(Container);
    const { NetworkSettings } = await docker.containerInspect(Container);
    expect(Object.keys(NetworkSettings?.Networks ?? {}).sort()).toEqual([Name, other.Name].sort());
    expect(NetworkSettings?.Networks?.[other.Name]).toMatchObject({
      IPAddress: "10.211.3.77",
      Aliases: ["alias"],
    });
    const { Containers } = await docker.networkInspect(other.Id, { verbose: true });
    expect(Containers?.[Container]).toMatchObject({ IPv4Address: "10.211.3.77/24" });
    expect(isEngineError(failureOf(await docker.networkDelete(Id).result()).error, 403)).toBe(true);
    await docker.networkDisconnect(other.Id, { Container, Force: false });
    const after = await docker.networkInspect(other.Id);
    expect(after.Containers).toEqual({});
    const none = failureOf(
      await docker.networkConnect(other.Id, { Container: await container("true") }).result(),
    );
    expect(isEngineError(none.error)).toBe(true);
  });

  test("a prune deletes the unused ones that the filter finds", async () => {
    const label = uniqueName("pruned");
    const { Name } = await create("pruned", "10.211.4", { [label]: "" });
    const { NetworksDeleted } = await docker.networkPrune({ filters: { label: [label] } });
    expect(NetworksDeleted).toEqual([Name]);
    const nothing = await docker.networkPrune({ filters: { label: [label] } });
    expect(nothing.NetworksDeleted ?? []).toEqual([]);
  });
});
