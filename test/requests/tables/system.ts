import { Readable } from "node:stream";
import { login, sentLogin, type Table, upgradeTo } from "../row.js";

const NONE = { "content-length": "0" };
const AUTH = { "x-registry-auth": sentLogin };

/** The Engine itself, its networks, volumes and plugins. */
export const system: Table = {
  SystemAuth: [
    [(d) => d.systemAuth(login), "POST /auth", { json: login }],
    [(d) => d.systemAuth({}), "POST /auth", { json: {} }],
  ],
  SystemInfo: [[(d) => d.systemInfo(), "GET /info"]],
  SystemVersion: [[(d) => d.systemVersion(), "GET /version"]],
  SystemPing: [[(d) => d.systemPing(), "GET /_ping"]],
  SystemPingHead: [[(d) => d.systemPingHead(), "HEAD /_ping"]],
  SystemEvents: [
    [(d) => d.systemEvents(), "GET /events"],
    [(d) => d.systemEvents({ since: 0 }), "GET /events?since=0"],
    [
      (d) => d.systemEvents({ since: "1700000000.000000001", until: 1700000002 }),
      "GET /events?since=1700000000.000000001&until=1700000002",
    ],
    [
      (d) => d.systemEvents({ since: "2023-11-14T23:13:20+01:00", until: new Date(1_700_000_000_999) }),
      "GET /events?since=1700000000.000&until=1700000000.999",
    ],
    [
      (d) => d.systemEvents({ filters: { type: ["container"], event: ["start", "die"] } }),
      'GET /events?filters={"type":["container"],"event":["start","die"]}',
    ],
  ],
  SystemDataUsage: [
    [(d) => d.systemDataUsage(), "GET /system/df"],
    [(d) => d.systemDataUsage({ type: ["image", "volume"] }), "GET /system/df?type=image&type=volume"],
    [(d) => d.systemDataUsage({ type: ["build-cache"] }), "GET /system/df?type=build-cache"],
  ],
  Session: [
    [(d) => d.session(), "POST /session", { headers: { ...upgradeTo("h2c"), ...NONE } }],
    [
      (d) =>
        d.session({
          "X-Docker-Expose-Session-Uuid": "u1",
          "X-Docker-Expose-Session-Name": "n1",
          "X-Docker-Expose-Session-Sharedkey": "k1",
          "X-Docker-Expose-Session-Grpc-Method": ["/a/B", "/c/D"],
        }),
      "POST /session",
      {
        headers: {
          ...upgradeTo("h2c"),
          ...NONE,
          "x-docker-expose-session-uuid": "u1",
          "x-docker-expose-session-name": "n1",
          "x-docker-expose-session-sharedkey": "k1",
          "x-docker-expose-session-grpc-method": "/a/B, /c/D",
        },
      },
    ],
  ],
  NetworkList: [
    [(d) => d.networkList(), "GET /networks"],
    [
      (d) => d.networkList({ filters: { driver: ["bridge"], scope: ["local"], dangling: ["true"] } }),
      'GET /networks?filters={"driver":["bridge"],"scope":["local"],"dangling":["true"]}',
    ],
  ],
  NetworkInspect: [
    [(d) => d.networkInspect("net"), "GET /networks/net"],
    [
      (d) => d.networkInspect("net", { verbose: false, scope: "local" }),
      "GET /networks/net?verbose=false&scope=local",
    ],
    [
      (d) => d.networkInspect("net", { verbose: true, scope: "swarm" }),
      "GET /networks/net?verbose=true&scope=swarm",
    ],
  ],
  NetworkDelete: [[(d) => d.networkDelete("net"), "DELETE /networks/net"]],
  NetworkCreate: [
    [(d) => d.networkCreate({ Name: "net" }), "POST /networks/create", { json: { Name: "net" } }],
    [
      (d) =>
        d.networkCreate({
          Name: "net",
          Driver: "bridge",
          Internal: true,
          IPAM: { Config: [{ Subnet: "10.9.0.0/16", Gateway: "10.9.0.1" }] },
          Options: { "com.docker.network.bridge.name": "br9" },
          Labels: { a: "b" },
        }),
      "POST /networks/create",
      {
        json: {
          Name: "net",
          Driver: "bridge",
          Internal: true,
          IPAM: { Config: [{ Subnet: "10.9.0.0/16", Gateway: "10.9.0.1" }] },
          Options: { "com.docker.network.bridge.name": "br9" },
          Labels: { a: "b" },
        },
      },
    ],
  ],
  NetworkConnect: [
    [
      (d) =>
        d.networkConnect("net", { Container: "web", EndpointConfig: { Aliases: ["w"], IPAMConfig: null } }),
      "POST /networks/net/connect",
      { json: { Container: "web", EndpointConfig: { Aliases: ["w"], IPAMConfig: null } } },
    ],
  ],
  NetworkDisconnect: [
    [
      (d) => d.networkDisconnect("net", { Container: "web", Force: true }),
      "POST /networks/net/disconnect",
      { json: { Container: "web", Force: true } },
    ],
  ],
  NetworkPrune: [
    [(d) => d.networkPrune(), "POST /networks/prune", { headers: NONE }],
    [
      (d) => d.networkPrune({ filters: { until: ["1h"] } }),
      'POST /networks/prune?filters={"until":["1h"]}',
      { headers: NONE },
    ],
  ],
  VolumeList: [
    [(d) => d.volumeList(), "GET /volumes"],
    [
      (d) => d.volumeList({ filters: { dangling: ["1"], driver: ["local"], name: ["a b"] } }),
      'GET /volumes?filters={"dangling":["1"],"driver":["local"],"name":["a b"]}',
    ],
  ],
  VolumeCreate: [
    [(d) => d.volumeCreate({}), "POST /volumes/create", { json: {} }],
    [
      (d) =>
        d.volumeCreate({ Name: "data", Driver: "local", DriverOpts: { type: "tmpfs" }, Labels: { a: "" } }),
      "POST /volumes/create",
      { json: { Name: "data", Driver: "local", DriverOpts: { type: "tmpfs" }, Labels: { a: "" } } },
    ],
  ],
  VolumeInspect: [[(d) => d.volumeInspect("data"), "GET /volumes/data"]],
  VolumeUpdate: [
    [
      (d) => d.volumeUpdate("data", { version: 7, body: { Spec: { Availability: "drain" } } }),
      "PUT /volumes/data?version=7",
      { json: { Spec: { Availability: "drain" } } },
    ],
  ],
  VolumeDelete: [
    [(d) => d.volumeDelete("data"), "DELETE /volumes/data"],
    [(d) => d.volumeDelete("data", { force: false }), "DELETE /volumes/data?force=false"],
    [(d) => d.volumeDelete("data", { force: true }), "DELETE /volumes/data?force=true"],
  ],
  VolumePrune: [
    [(d) => d.volumePrune(), "POST /volumes/prune", { headers: NONE }],
    [
      (d) => d.volumePrune({ filters: { all: ["true"], label: ["x"] } }),
      'POST /volumes/prune?filters={"all":["true"],"label":["x"]}',
      { headers: NONE },
    ],
  ],
  PluginList: [
    [(d) => d.pluginList(), "GET /plugins"],
    [
      (d) => d.pluginList({ filters: { enabled: ["true"], capability: ["volumedriver"] } }),
      'GET /plugins?filters={"enabled":["true"],"capability":["volumedriver"]}',
    ],
  ],
  GetPluginPrivileges: [
    [(d) => d.getPluginPrivileges({ remote: "a/b:1" }), "GET /plugins/privileges?remote=a/b:1"],
    [
      (d) => d.getPluginPrivileges({ remote: "a", "X-Registry-Auth": login }),
      "GET /plugins/privileges?remote=a",
      { headers: AUTH },
    ],
  ],
  PluginPull: [
    [
      (d) => d.pluginPull({ remote: "a/b", name: "c", body: [{ Name: "network", Value: ["host"] }] }),
      "POST /plugins/pull?remote=a/b&name=c",
      { json: [{ Name: "network", Value: ["host"] }] },
    ],
    [
      (d) => d.pluginPull({ remote: "a", body: [], "X-Registry-Auth": login }),
      "POST /plugins/pull?remote=a",
      { json: [], headers: AUTH },
    ],
  ],
  PluginInspect: [[(d) => d.pluginInspect("a/b:1"), "GET /plugins/a/b:1/json"]],
  PluginDelete: [
    [(d) => d.pluginDelete("a/b"), "DELETE /plugins/a/b"],
    [
      (d) => d.pluginDelete("r.example:5000/a/b:1", { force: false }),
      "DELETE /plugins/r.example:5000/a/b:1?force=false",
    ],
    [(d) => d.pluginDelete("a/b", { force: true }), "DELETE /plugins/a/b?force=true"],
  ],
  PluginEnable: [
    [(d) => d.pluginEnable("a/b", { timeout: 0 }), "POST /plugins/a/b/enable?timeout=0", { headers: NONE }],
    [(d) => d.pluginEnable("a/b", { timeout: 30 }), "POST /plugins/a/b/enable?timeout=30", { headers: NONE }],
  ],
  PluginDisable: [
    [(d) => d.pluginDisable("a/b"), "POST /plugins/a/b/disable", { headers: NONE }],
    [
      (d) => d.pluginDisable("a/b", { force: true }),
      "POST /plugins/a/b/disable?force=true",
      { headers: NONE },
    ],
  ],
  PluginUpgrade: [
    [
      (d) => d.pluginUpgrade("a/b", { remote: "a/b:2", body: [] }),
      "POST /plugins/a/b/upgrade?remote=a/b:2",
      { json: [] },
    ],
    [
      (d) => d.pluginUpgrade("a", { remote: "a:2", body: [], "X-Registry-Auth": login }),
      "POST /plugins/a/upgrade?remote=a:2",
      { json: [], headers: AUTH },
    ],
  ],
  PluginCreate: [
    [
      (d) => d.pluginCreate(Buffer.from("tar"), { name: "a/b:1" }),
      "POST /plugins/create?name=a/b:1",
      { tar: "tar" },
    ],
    [
      (d) => d.pluginCreate(Readable.from([Buffer.from("tar")]), { name: "a" }),
      "POST /plugins/create?name=a",
      { stream: "tar" },
    ],
  ],
  PluginPush: [
    [(d) => d.pluginPush("a/b"), "POST /plugins/a/b/push", { headers: NONE }],
    [
      (d) => d.pluginPush("a", { "X-Registry-Auth": login }),
      "POST /plugins/a/push",
      { headers: { ...NONE, ...AUTH } },
    ],
  ],
  PluginSet: [
    [
      (d) => d.pluginSet("a/b", { body: ["DEBUG=1", "X=a,b"] }),
      "POST /plugins/a/b/set",
      { json: ["DEBUG=1", "X=a,b"] },
    ],
  ],
};
