import { isEngineError, type ServiceSpec } from "../../src/index.js";
import { describeStores, everyStore, failureOf, uniqueName, until, useEngine } from "./engine.js";

const ADVERTISED = { ListenAddr: "127.0.0.1:2377", AdvertiseAddr: "127.0.0.1" };

describeStores(everyStore, "without a swarm", (engine) => {
  const { docker } = useEngine(engine);

  test("everything of a swarm is refused", async () => {
    const refused = [
      docker.swarmInspect(),
      docker.nodeList(),
      docker.serviceList(),
      docker.taskList(),
      docker.secretList(),
      docker.configList(),
      docker.swarmUnlockkey(),
      docker.swarmLeave(),
      docker.nodeDelete("sdk-test-none"),
      docker.volumeUpdate("sdk-test-none", { version: 1 }),
    ];
    for (const result of await Promise.all(refused.map((call) => call.result()))) {
      expect(isEngineError(failureOf(result).error)).toBe(true);
    }
    expect((await docker.nodeList().result()).status).toBe(503);
  });

  test("no manager answers to a join", async () => {
    const join = await docker
      .swarmJoin({
        ...ADVERTISED,
        RemoteAddrs: ["127.0.0.1:1"],
        JoinToken: "SWMTKN-1-none",
      })
      .result();
    expect(isEngineError(failureOf(join).error)).toBe(true);
    expect((await docker.systemInfo()).Swarm?.LocalNodeState).toBe("inactive");
  });
});

describeStores(everyStore, "a swarm of one", (engine) => {
  const { docker, atEnd } = useEngine(engine);
  let node: string;

  beforeAll(async () => {
    node = await docker.swarmInit({ ...ADVERTISED, ForceNewCluster: false, Spec: {} });
    atEnd(() => docker.swarmLeave({ force: true }));
  });

  const serve = async (spec: ServiceSpec): Promise<string> => {
    const { ID } = await docker.serviceCreate(spec);
    if (!ID) throw new Error("a service without ID");
    atEnd(async () => void (await docker.serviceDelete(ID).result()));
    return ID;
  };
  const tasksOf = (service: string) => docker.taskList({ filters: { service: [service] } });
  const version = ({ Version }: { readonly Version?: { readonly Index?: number } }): number => {
    if (Version?.Index === undefined) throw new Error("an object without version");
    return Version.Index;
  };

  test("it is inspected and updated, and its tokens can be changed", async () => {
    const swarm = await docker.swarmInspect();
    expect(swarm.JoinTokens?.Worker).toMatch(/^SWMTKN-1-/);
    const spec = { ...swarm.Spec, Labels: { of: "a test" } };
    await docker.swarmUpdate(spec, { version: version(swarm), rotateWorkerToken: true });
    const updated = await docker.swarmInspect();
    expect(updated.Spec?.Labels).toEqual({ of: "a test" });
    expect(updated.JoinTokens?.Worker).not.toBe(swarm.JoinTokens?.Worker);
    expect(updated.JoinTokens?.Manager).toBe(swarm.JoinTokens?.Manager);
    const stale = await docker.swarmUpdate(spec, { version: version(swarm) }).result();
    expect(isEngineError(failureOf(stale).error)).toBe(true);
    const again = await docker.swarmInit({ ...ADVERTISED, Spec: {} }).result();
    expect(isEngineError(failureOf(again).error, 503)).toBe(true);
    const unlock = await docker.swarmUnlock({ UnlockKey: "SWMKEY-1-none" }).result();
    expect(isEngineError(failureOf(unlock).error)).toBe(true);
    expect((await docker.swarmUnlockkey()).UnlockKey).toBe("");
  });

  test("its node is listed and updated, and cannot be deleted", async () => {
    const nodes = await docker.nodeList({ filters: { role: ["manager"] } });
    expect(nodes.map(({ ID }) => ID)).toEqual([node]);
    const before = await docker.nodeInspect(node);
    expect(before.ManagerStatus).toMatchObject({ Leader: true });
    await docker.nodeUpdate(
      node,
      { ...before.Spec, Role: "manager", Availability: "active", Labels: { rack: "1" } },
      { version: version(before) },
    );
    expect((await docker.nodeInspect(node)).Spec?.Labels).toEqual({ rack: "1" });
    expect(isEngineError(failureOf(await docker.nodeDelete(node).result()).error)).toBe(true);
    expect(isEngineError(failureOf(await docker.nodeInspect("sdk-test-none").result()).error, 404)).toBe(
      true,
    );
  });

  test("secrets and configs reach the tasks of a service, whose logs can be read", async () => {
    const Data = Buffer.from("hidden").toString("base64");
    const secretName = uniqueName("secret").slice(0, 60);
    const configName = uniqueName("config").slice(0, 60);
    const secret = await docker.secretCreate({ Name: secretName, Data, Labels: { of: "a test" } });
    const config = await docker.configCreate({ Name: configName, Data });
    const File = { UID: "0", GID: "0", Mode: 0o444 };
    const service = await serve({
      Name: uniqueName("service").slice(0, 60),
      TaskTemplate: {
        ContainerSpec: {
          Image: "busybox:local",
          Command: ["sh", "-c", "cat /run/secrets/s /c; echo; echo error >&2; sleep 300"],
          Secrets: [{ SecretID: secret.ID, SecretName: secretName, File: { ...File, Name: "s" } }],
          Configs: [{ ConfigID: config.ID, ConfigName: configName, File: { ...File, Name: "/c" } }],
        },
        RestartPolicy: { Condition: "none" },
      },
      Mode: { Replicated: { Replicas: 1 } },
    });
    await until("the task runs", async () =>
      (await tasksOf(service)).some(({ Status }) => Status?.State === "running"),
    );
    const [task] = await tasksOf(service);
    if (!task?.ID) throw new Error("there is no task");
    expect(await docker.taskInspect(task.ID)).toMatchObject({ ServiceID: service, NodeID: node });
    const options = { stdout: true, stderr: true };
    const want = { stdout: "hiddenhidden\n", stderr: "error\n" };
    await until("the log is there", async () => {
      const text = await (await docker.taskLogs(task.ID as string, options)).text();
      return text.stdout === want.stdout && text.stderr === want.stderr;
    });
    expect(await (await docker.serviceLogs(service, options)).text()).toEqual(want);
    expect(isEngineError(failureOf(await docker.secretDelete(secret.ID).result()).error, 400)).toBe(true);
    await docker.serviceDelete(service);
    const seen = await docker.secretInspect(secret.ID);
    expect(seen.Spec).toMatchObject({ Name: secretName, Labels: { of: "a test" } });
    expect(seen.Spec).not.toHaveProperty("Data");
    const labelled = { ...seen.Spec, Labels: { of: "another" } };
    await docker.secretUpdate(secret.ID, labelled, { version: version(seen) });
    const secrets = await docker.secretList({ filters: { name: [secretName] } });
    expect(secrets[0]?.Spec?.Labels).toEqual({ of: "another" });
    const known = await docker.configInspect(config.ID);
    expect(known.Spec).toMatchObject({ Name: configName, Data });
    await docker.configUpdate(
      config.ID,
      { ...known.Spec, Labels: { of: "it" } },
      { version: version(known) },
    );
    const configs = await docker.configList({ filters: { name: [configName] } });
    expect(configs[0]?.Spec?.Labels).toEqual({ of: "it" });
    await docker.secretDelete(secret.ID);
    await docker.configDelete(config.ID);
    expect(isEngineError(failureOf(await docker.secretInspect(secret.ID).result()).error, 404)).toBe(true);
    expect(isEngineError(failureOf(await docker.configInspect(config.ID).result()).error, 404)).toBe(true);
  });

  test("a service is scaled, and rolled back", async () => {
    const spec = {
      Name: uniqueName("scaled").slice(0, 60),
      Labels: { of: "a test" },
      TaskTemplate: {
        ContainerSpec: {
          Image: "busybox:local",
          Command: ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"],
        },
        Resources: { Limits: { MemoryBytes: 50_000_000 }, Reservations: {} },
        Placement: { Constraints: ["node.role==manager"] },
      },
      UpdateConfig: { Parallelism: 1, Order: "stop-first" as const },
      Mode: { Replicated: { Replicas: 1 } },
    };
    const id = await serve(spec);
    const running = async (): Promise<number | undefined> =>
      (await docker.serviceList({ status: true, filters: { id: [id] } }))[0]?.ServiceStatus?.RunningTasks;
    await until("one task runs", async () => (await running()) === 1);
    const one = await docker.serviceInspect(id, { insertDefaults: true });
    expect(one.Spec).toMatchObject({ Labels: { of: "a test" }, RollbackConfig: expect.anything() });
    const two = { ...spec, Mode: { Replicated: { Replicas: 2 } } };
    const answer = await docker.serviceUpdate(id, two, { version: version(one) });
    expect(answer).toHaveProperty("Warnings");
    await until("two tasks run", async () => (await running()) === 2);
    const after = await docker.serviceInspect(id);
    expect(after.PreviousSpec?.Mode?.Replicated?.Replicas).toBe(1);
    await docker.serviceUpdate(id, two, { version: version(after), rollback: "previous" });
    expect((await docker.serviceInspect(id)).Spec?.Mode?.Replicated?.Replicas).toBe(1);
    await docker.serviceDelete(id);
    expect(isEngineError(failureOf(await docker.serviceInspect(id).result()).error, 404)).toBe(true);
  });

  test("jobs run to their end, one on an overlay network", async () => {
    const Name = uniqueName("overlay").slice(0, 60);
    const network = await docker.networkCreate({ Name, Driver: "overlay", Attachable: true });
    atEnd(async () => void (await docker.networkDelete(network.Id).result()));
    // At first the Engine answers without a driver.
    const allocated = async () => (await docker.networkInspect(Name)).Driver === "overlay";
    await until("the network is allocated", allocated);
    expect(await docker.networkInspect(Name)).toMatchObject({ Scope: "swarm", Attachable: true });
    const ContainerSpec = { Image: "busybox:local", Command: ["true"] };
    const job = await serve({
      Name: uniqueName("job").slice(0, 60),
      TaskTemplate: {
        ContainerSpec,
        RestartPolicy: { Condition: "none" },
        Networks: [{ Target: network.Id, Aliases: ["job"] }],
      },
      EndpointSpec: { Mode: "vip" },
      Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 2 } },
    });
    const everywhere = await serve({
      Name: uniqueName("everywhere").slice(0, 60),
      TaskTemplate: { ContainerSpec, RestartPolicy: { Condition: "none" } },
      Mode: { GlobalJob: {} },
    });
    for (const [service, count] of [
      [job, 2],
      [everywhere, 1],
    ] as const) {
      await until("the job is done", async () => {
        const tasks = await tasksOf(service);
        return tasks.filter(({ Status }) => Status?.State === "complete").length === count;
      });
    }
    expect((await docker.serviceInspect(job)).JobStatus).toHaveProperty("JobIteration");
  });
});
