import { login, sentLogin, type Table } from "../row.js";

const NONE = { "content-length": "0" };
const AUTH = { "x-registry-auth": sentLogin };

/** The swarm: its nodes, services, tasks, secrets and configs. */
export const swarm: Table = {
  SwarmInspect: [[(d) => d.swarmInspect(), "GET /swarm"]],
  SwarmInit: [
    [
      (d) => d.swarmInit({ ListenAddr: "0.0.0.0:2377", ForceNewCluster: false, Spec: { Name: "default" } }),
      "POST /swarm/init",
      { json: { ListenAddr: "0.0.0.0:2377", ForceNewCluster: false, Spec: { Name: "default" } } },
    ],
  ],
  SwarmJoin: [
    [
      (d) => d.swarmJoin({ ListenAddr: "0.0.0.0", RemoteAddrs: ["10.0.0.1:2377"], JoinToken: "SWMTKN-1-x" }),
      "POST /swarm/join",
      { json: { ListenAddr: "0.0.0.0", RemoteAddrs: ["10.0.0.1:2377"], JoinToken: "SWMTKN-1-x" } },
    ],
  ],
  SwarmLeave: [
    [(d) => d.swarmLeave(), "POST /swarm/leave", { headers: NONE }],
    [(d) => d.swarmLeave({ force: false }), "POST /swarm/leave?force=false", { headers: NONE }],
    [(d) => d.swarmLeave({ force: true }), "POST /swarm/leave?force=true", { headers: NONE }],
  ],
  SwarmUpdate: [
    [
      (d) => d.swarmUpdate({ Name: "default" }, { version: 12 }),
      "POST /swarm/update?version=12",
      { json: { Name: "default" } },
    ],
    [
      (d) =>
        d.swarmUpdate(
          {},
          { version: 0, rotateWorkerToken: true, rotateManagerToken: false, rotateManagerUnlockKey: true },
        ),
      "POST /swarm/update?version=0&rotateWorkerToken=true&rotateManagerToken=false&rotateManagerUnlockKey=true",
      { json: {} },
    ],
  ],
  SwarmUnlockkey: [[(d) => d.swarmUnlockkey(), "GET /swarm/unlockkey"]],
  SwarmUnlock: [
    [
      (d) => d.swarmUnlock({ UnlockKey: "SWMKEY-1-x" }),
      "POST /swarm/unlock",
      { json: { UnlockKey: "SWMKEY-1-x" } },
    ],
  ],
  NodeList: [
    [(d) => d.nodeList(), "GET /nodes"],
    [
      (d) => d.nodeList({ filters: { role: ["manager"], membership: ["accepted"] } }),
      'GET /nodes?filters={"role":["manager"],"membership":["accepted"]}',
    ],
  ],
  NodeInspect: [[(d) => d.nodeInspect("n1"), "GET /nodes/n1"]],
  NodeDelete: [
    [(d) => d.nodeDelete("n1"), "DELETE /nodes/n1"],
    [(d) => d.nodeDelete("n1", { force: false }), "DELETE /nodes/n1?force=false"],
    [(d) => d.nodeDelete("n1", { force: true }), "DELETE /nodes/n1?force=true"],
  ],
  NodeUpdate: [
    [
      (d) => d.nodeUpdate("n1", { Availability: "drain", Role: "manager" }, { version: 3 }),
      "POST /nodes/n1/update?version=3",
      { json: { Availability: "drain", Role: "manager" } },
    ],
  ],
  ServiceList: [
    [(d) => d.serviceList(), "GET /services"],
    [(d) => d.serviceList({ status: false }), "GET /services?status=false"],
    [
      (d) => d.serviceList({ status: true, filters: { mode: ["replicated"], name: ["web"] } }),
      'GET /services?status=true&filters={"mode":["replicated"],"name":["web"]}',
    ],
  ],
  ServiceCreate: [
    [
      (d) => d.serviceCreate({ Name: "web", TaskTemplate: { ContainerSpec: { Image: "nginx" } } }),
      "POST /services/create",
      { json: { Name: "web", TaskTemplate: { ContainerSpec: { Image: "nginx" } } } },
    ],
    [
      (d) =>
        d.serviceCreate({ Name: "web", Mode: { Replicated: { Replicas: 0 } } }, { "X-Registry-Auth": login }),
      "POST /services/create",
      { json: { Name: "web", Mode: { Replicated: { Replicas: 0 } } }, headers: AUTH },
    ],
  ],
  ServiceInspect: [
    [(d) => d.serviceInspect("web"), "GET /services/web"],
    [(d) => d.serviceInspect("web", { insertDefaults: true }), "GET /services/web?insertDefaults=true"],
  ],
  ServiceDelete: [[(d) => d.serviceDelete("web"), "DELETE /services/web"]],
  ServiceUpdate: [
    [
      (d) => d.serviceUpdate("web", { Name: "web" }, { version: 5 }),
      "POST /services/web/update?version=5",
      { json: { Name: "web" } },
    ],
    [
      (d) =>
        d.serviceUpdate(
          "web",
          { Name: "web" },
          { version: 5, registryAuthFrom: "previous-spec", rollback: "previous", "X-Registry-Auth": login },
        ),
      "POST /services/web/update?version=5&registryAuthFrom=previous-spec&rollback=previous",
      { json: { Name: "web" }, headers: AUTH },
    ],
  ],
  ServiceLogs: [
    [(d) => d.serviceLogs("web", { stdout: true }), "GET /services/web/logs?stdout=true"],
    [
      (d) =>
        d.serviceLogs("web", {
          details: true,
          follow: false,
          stderr: true,
          since: 1,
          timestamps: true,
          tail: 5,
        }),
      "GET /services/web/logs?details=true&follow=false&stderr=true&since=1&timestamps=true&tail=5",
    ],
    [
      (d) => d.serviceLogs("web", { stdout: true, since: new Date(2500) }),
      "GET /services/web/logs?stdout=true&since=2.500",
    ],
  ],
  TaskList: [
    [(d) => d.taskList(), "GET /tasks"],
    [
      (d) => d.taskList({ filters: { "desired-state": ["running"], service: ["web"] } }),
      'GET /tasks?filters={"desired-state":["running"],"service":["web"]}',
    ],
  ],
  TaskInspect: [[(d) => d.taskInspect("t1"), "GET /tasks/t1"]],
  TaskLogs: [
    [
      (d) => d.taskLogs("t1", { stdout: true, stderr: true, tail: "all" }),
      "GET /tasks/t1/logs?stdout=true&stderr=true&tail=all",
    ],
    [
      (d) =>
        d.taskLogs("t1", { stdout: true, follow: true, details: false, timestamps: false, since: "2.5" }),
      "GET /tasks/t1/logs?stdout=true&follow=true&details=false&timestamps=false&since=2.5",
    ],
    [
      (d) => d.taskLogs("t1", { stdout: true, since: new Date(2500) }),
      "GET /tasks/t1/logs?stdout=true&since=2.500",
    ],
  ],
  SecretList: [
    [(d) => d.secretList(), "GET /secrets"],
    [(d) => d.secretList({ filters: { name: ["s"] } }), 'GET /secrets?filters={"name":["s"]}'],
  ],
  SecretCreate: [
    [
      (d) => d.secretCreate({ Name: "s", Data: "c2VjcmV0", Labels: { a: "b" } }),
      "POST /secrets/create",
      { json: { Name: "s", Data: "c2VjcmV0", Labels: { a: "b" } } },
    ],
  ],
  SecretInspect: [[(d) => d.secretInspect("s"), "GET /secrets/s"]],
  SecretDelete: [[(d) => d.secretDelete("s"), "DELETE /secrets/s"]],
  SecretUpdate: [
    [
      (d) => d.secretUpdate("s", { Name: "s", Labels: {} }, { version: 9 }),
      "POST /secrets/s/update?version=9",
      { json: { Name: "s", Labels: {} } },
    ],
  ],
  ConfigList: [
    [(d) => d.configList(), "GET /configs"],
    [(d) => d.configList({ filters: { label: ["a=b"] } }), 'GET /configs?filters={"label":["a=b"]}'],
  ],
  ConfigCreate: [
    [
      (d) => d.configCreate({ Name: "c", Data: "YQ==" }),
      "POST /configs/create",
      { json: { Name: "c", Data: "YQ==" } },
    ],
  ],
  ConfigInspect: [[(d) => d.configInspect("c"), "GET /configs/c"]],
  ConfigDelete: [[(d) => d.configDelete("c"), "DELETE /configs/c"]],
  ConfigUpdate: [
    [
      (d) => d.configUpdate("c", { Name: "c", Labels: { x: "" } }, { version: 1 }),
      "POST /configs/c/update?version=1",
      { json: { Name: "c", Labels: { x: "" } } },
    ],
  ],
};
