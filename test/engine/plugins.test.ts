import { isEngineError, StreamError } from "../../src/index.js";
import { describeStores, everyStore, failureOf, rejection, uniqueName, useEngine } from "./engine.js";
import { needRegistry, programFiles, type Registry, startRegistry } from "./registry.js";
import { tarOfFiles } from "./tar-of-files.js";

/** A plugin is enabled once it listens on its socket; what it says there is not asked before it is used. */
const plugin = (binary: string) => ({
  Description: "a test",
  Documentation: "",
  Entrypoint: [binary, "serve", "/registry.yml"],
  WorkDir: "",
  Interface: { Types: ["docker.volumedriver/1.0"], Socket: "test.sock" },
  Network: { Type: "none" },
  Env: [{ Name: "WORD", Description: "a word", Value: "first", Settable: ["value"] }],
  Linux: { Capabilities: ["CAP_SYS_ADMIN"], AllowAllDevices: false, Devices: [] },
  Mounts: [],
  Args: { Name: "", Description: "", Settable: [], Value: [] },
});

const registryConfig = `version: 0.1
storage: { inmemory: {} }
http: { net: unix, addr: /run/docker/plugins/test.sock }
`;

needRegistry("plugins", (binary) =>
  describeStores(everyStore, "plugins", (engine) => {
    const bench = useEngine(engine);
    const { docker, atEnd } = bench;
    let registry: Registry;

    beforeAll(async () => {
      registry = await startRegistry(bench, binary);
    });

    const create = async (name: string): Promise<string> => {
      const context = await tarOfFiles({
        "config.json": JSON.stringify(plugin(binary)),
        "rootfs/registry.yml": registryConfig,
        "rootfs/run/docker/plugins/.keep": "",
        ...programFiles(binary, "rootfs/"),
      });
      await docker.pluginCreate(context, { name });
      atEnd(async () => void (await docker.pluginDelete(name, { force: true }).result()));
      return name;
    };

    test("one made of a file system is listed, set, enabled, disabled and deleted", async () => {
      const name = await create(`${uniqueName("plugin")}:1`);
      const listed = await docker.pluginList({ filters: { capability: ["volumedriver"] } });
      expect(listed.map(({ Name }) => Name)).toContain(name);
      const made = await docker.pluginInspect(name);
      expect(made).toMatchObject({ Name: name, Enabled: false, Settings: { Env: ["WORD=first"] } });
      expect(await docker.pluginSet(name, { body: ["WORD=second"] }).result()).toMatchObject({
        ok: true,
        status: 204,
      });
      expect(await docker.pluginInspect(name)).toMatchObject({ Settings: { Env: ["WORD=second"] } });
      expect(
        isEngineError(failureOf(await docker.pluginSet(name, { body: ["NONE=1"] }).result()).error),
      ).toBe(true);
      expect(isEngineError(failureOf(await docker.pluginDisable(name).result()).error)).toBe(true);
      await docker.pluginEnable(name, { timeout: 5 });
      expect(await docker.pluginInspect(name)).toMatchObject({ Enabled: true });
      expect(isEngineError(failureOf(await docker.pluginDelete(name).result()).error, 409)).toBe(true);
      await docker.pluginDisable(name);
      expect(await docker.pluginInspect(name)).toMatchObject({ Enabled: false });
      expect(await docker.pluginDelete(name).result()).toMatchObject({ ok: true, status: 200 });
      expect(isEngineError(failureOf(await docker.pluginInspect(name).result()).error, 404)).toBe(true);
    });

    test("one is pushed, its privileges are listed, and it is pulled and upgraded", async () => {
      const { address, login } = registry;
      const remote = `${address}/${uniqueName("pushed")}:1`;
      const auth = { "X-Registry-Auth": login };
      await create(remote);
      await (await docker.pluginPush(remote, auth)).done();
      await docker.pluginDelete(remote);
      const privileges = (await docker.getPluginPrivileges({ remote, ...auth })) ?? [];
      expect(privileges).toContainEqual(
        expect.objectContaining({ Name: "capabilities", Value: ["CAP_SYS_ADMIN"] }),
      );
      const none = await docker.pluginPull({ remote, ...auth, body: [] }).result();
      const refused = none.ok ? await rejection(none.data.done()) : none.error;
      expect((refused as Error).message).toContain("incorrect privileges");
      await (await docker.pluginPull({ remote, ...auth, body: privileges })).done();
      expect(await docker.pluginInspect(remote)).toMatchObject({
        Enabled: false,
        PluginReference: remote,
      });
      await (await docker.pluginUpgrade(remote, { remote, ...auth, body: privileges })).done();
      const wrong = { "X-Registry-Auth": { ...login, password: "wrong" } };
      const push = await docker.pluginPush(remote, wrong).result();
      const denied = push.ok ? await rejection(push.data.done()) : push.error;
      expect(denied instanceof StreamError || isEngineError(denied)).toBe(true);
    });
  }),
);
