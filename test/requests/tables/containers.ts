import { Readable } from "node:stream";
import { type Table, upgradeTo } from "../row.js";

const NONE = { "content-length": "0" };
const pieces = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)));

/** Containers and what runs in them. */
export const containers: Table = {
  ContainerList: [
    [(d) => d.containerList(), "GET /containers/json"],
    [(d) => d.containerList({}), "GET /containers/json"],
    [(d) => d.containerList({ all: true }), "GET /containers/json?all=true"],
    [(d) => d.containerList({ all: false }), "GET /containers/json?all=false"],
    [(d) => d.containerList({ limit: 5, size: true }), "GET /containers/json?limit=5&size=true"],
    [(d) => d.containerList({ limit: 0 }), "GET /containers/json?limit=0"],
    [(d) => d.containerList({ since: "web", before: "db" }), "GET /containers/json?since=web&before=db"],
    [
      (d) => d.containerList({ filters: { status: ["running", "paused"], label: ["app=web"] } }),
      'GET /containers/json?filters={"status":["running","paused"],"label":["app=web"]}',
    ],
    [
      (d) => d.containerList({ filters: { name: ["a&b=c#d é"] } }),
      'GET /containers/json?filters={"name":["a%26b=c#d é"]}',
    ],
    [(d) => d.containerList({ filters: {} }), "GET /containers/json"],
    [(d) => d.containerList({ filters: { label: undefined } } as object), "GET /containers/json"],
    [(d) => d.containerList({ filters: { label: [] } }), 'GET /containers/json?filters={"label":[]}'],
    // The older form, which the Engine still reads.
    [
      (d) => d.containerList({ filters: { status: { running: true } } } as object),
      'GET /containers/json?filters={"status":{"running":true}}',
    ],
    [(d) => d.containerList({ all: undefined, limit: undefined } as object), "GET /containers/json"],
  ],
  ContainerCreate: [
    [(d) => d.containerCreate({ Image: "alpine" }), "POST /containers/create", { json: { Image: "alpine" } }],
    [
      (d) =>
        d.containerCreate({ Image: "alpine", Cmd: ["true"] }, { name: "job", platform: "linux/arm64/v8" }),
      "POST /containers/create?name=job&platform=linux/arm64/v8",
      { json: { Image: "alpine", Cmd: ["true"] } },
    ],
    [
      (d) =>
        d.containerCreate({
          Image: "alpine",
          Env: ["A=é", "B="],
          ExposedPorts: { "80/tcp": {} },
          HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] }, Memory: 0 },
          NetworkingConfig: { EndpointsConfig: { net: { Aliases: ["web"] } } },
        }),
      "POST /containers/create",
      {
        json: {
          Image: "alpine",
          Env: ["A=é", "B="],
          ExposedPorts: { "80/tcp": {} },
          HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] }, Memory: 0 },
          NetworkingConfig: { EndpointsConfig: { net: { Aliases: ["web"] } } },
        },
      },
    ],
  ],
  ContainerInspect: [
    [(d) => d.containerInspect("web"), "GET /containers/web/json"],
    [(d) => d.containerInspect("web", { size: true }), "GET /containers/web/json?size=true"],
    [(d) => d.containerInspect("web", { size: false }), "GET /containers/web/json?size=false"],
    [(d) => d.containerInspect("a b?c#d%e"), "GET /containers/a%20b%3Fc%23d%25e/json"],
    [(d) => d.containerInspect("é日"), "GET /containers/%C3%A9%E6%97%A5/json"],
    [(d) => d.containerInspect("%2e%2e"), "GET /containers/%252e%252e/json"],
    [(d) => d.containerInspect("a&b=c+d;e"), "GET /containers/a%26b%3Dc%2Bd%3Be/json"],
    [(d) => d.containerInspect("..."), "GET /containers/.../json"],
    [
      (d) => d.containerInspect("web", undefined, { headers: { "X-Mine": "1" } }),
      "GET /containers/web/json",
      { headers: { "x-mine": "1" } },
    ],
    [(d) => d.containerInspect("web", {}, { headers: { "X-Mine": null } }), "GET /containers/web/json"],
  ],
  ContainerTop: [
    [(d) => d.containerTop("web"), "GET /containers/web/top"],
    [(d) => d.containerTop("web", { ps_args: "-o pid,cmd" }), "GET /containers/web/top?ps_args=-o pid,cmd"],
  ],
  ContainerLogs: [
    [(d) => d.containerLogs("web", { stdout: true }), "GET /containers/web/logs?stdout=true"],
    [
      (d) =>
        d.containerLogs("web", { stdout: true, stderr: true, follow: true, timestamps: true, details: true }),
      "GET /containers/web/logs?stdout=true&stderr=true&follow=true&timestamps=true&details=true",
    ],
    [
      (d) => d.containerLogs("web", { stderr: true, tail: 10 }),
      "GET /containers/web/logs?stderr=true&tail=10",
    ],
    [(d) => d.containerLogs("web", { stderr: true, tail: 0 }), "GET /containers/web/logs?stderr=true&tail=0"],
    [
      (d) => d.containerLogs("web", { stderr: true, tail: "all" }),
      "GET /containers/web/logs?stderr=true&tail=all",
    ],
    [
      (d) => d.containerLogs("web", { stdout: true, since: 1700000000, until: "1700000001.123456789" }),
      "GET /containers/web/logs?stdout=true&since=1700000000&until=1700000001.123456789",
    ],
    [
      (d) =>
        d.containerLogs("web", {
          stdout: true,
          since: new Date(1_700_000_000_120),
          until: "2023-11-14T22:13:21.123456789Z",
        }),
      "GET /containers/web/logs?stdout=true&since=1700000000.120&until=1700000001.123456789",
    ],
    [
      (d) => d.containerLogs("web", { stdout: true, since: 1700000000.25, until: "1700000001" }),
      "GET /containers/web/logs?stdout=true&since=1700000000.25&until=1700000001",
    ],
  ],
  ContainerChanges: [[(d) => d.containerChanges("web"), "GET /containers/web/changes"]],
  ContainerExport: [[(d) => d.containerExport("web"), "GET /containers/web/export"]],
  ContainerStats: [
    [(d) => d.containerStats("web"), "GET /containers/web/stats"],
    [(d) => d.containerStats("web", { stream: true }), "GET /containers/web/stats?stream=true"],
    [
      (d) => d.containerStats("web", { stream: false, "one-shot": true }),
      "GET /containers/web/stats?stream=false&one-shot=true",
    ],
  ],
  ContainerResize: [
    [
      (d) => d.containerResize("web", { h: 24, w: 80 }),
      "POST /containers/web/resize?h=24&w=80",
      { headers: NONE },
    ],
  ],
  ContainerStart: [
    [(d) => d.containerStart("web"), "POST /containers/web/start", { headers: NONE }],
    [
      (d) => d.containerStart("web", { detachKeys: "ctrl-a,x", checkpoint: "c1", "checkpoint-dir": "/c" }),
      "POST /containers/web/start?detachKeys=ctrl-a,x&checkpoint=c1&checkpoint-dir=/c",
      { headers: NONE },
    ],
  ],
  ContainerStop: [
    [(d) => d.containerStop("web"), "POST /containers/web/stop", { headers: NONE }],
    [
      (d) => d.containerStop("web", { t: 10, signal: "SIGINT" }),
      "POST /containers/web/stop?t=10&signal=SIGINT",
      { headers: NONE },
    ],
    [(d) => d.containerStop("web", { t: 0 }), "POST /containers/web/stop?t=0", { headers: NONE }],
    [(d) => d.containerStop("web", { t: -1 }), "POST /containers/web/stop?t=-1", { headers: NONE }],
  ],
  ContainerRestart: [
    [(d) => d.containerRestart("web"), "POST /containers/web/restart", { headers: NONE }],
    [
      (d) => d.containerRestart("web", { signal: "9", t: 3 }),
      "POST /containers/web/restart?signal=9&t=3",
      { headers: NONE },
    ],
  ],
  ContainerKill: [
    [(d) => d.containerKill("web"), "POST /containers/web/kill", { headers: NONE }],
    [
      (d) => d.containerKill("web", { signal: "SIGHUP" }),
      "POST /containers/web/kill?signal=SIGHUP",
      { headers: NONE },
    ],
  ],
  ContainerUpdate: [
    [
      (d) => d.containerUpdate("web", { Memory: 1 << 26, RestartPolicy: { Name: "always" } }),
      "POST /containers/web/update",
      { json: { Memory: 67108864, RestartPolicy: { Name: "always" } } },
    ],
    [(d) => d.containerUpdate("web", {}), "POST /containers/web/update", { json: {} }],
  ],
  ContainerRename: [
    [
      (d) => d.containerRename("web", { name: "new web" }),
      "POST /containers/web/rename?name=new web",
      { headers: NONE },
    ],
  ],
  ContainerPause: [[(d) => d.containerPause("web"), "POST /containers/web/pause", { headers: NONE }]],
  ContainerUnpause: [[(d) => d.containerUnpause("web"), "POST /containers/web/unpause", { headers: NONE }]],
  // No body: it would become input.
  ContainerAttach: [
    [
      (d) => d.containerAttach("web"),
      "POST /containers/web/attach",
      { headers: { ...upgradeTo("tcp"), ...NONE } },
    ],
    [
      (d) =>
        d.containerAttach("web", {
          stream: true,
          stdin: true,
          stdout: true,
          stderr: false,
          logs: true,
          detachKeys: "a,b",
        }),
      "POST /containers/web/attach?stream=true&stdin=true&stdout=true&stderr=false&logs=true&detachKeys=a,b",
      { headers: { ...upgradeTo("tcp"), ...NONE } },
    ],
  ],
  ContainerAttachWebsocket: [
    [
      (d) => d.containerAttachWebsocket("web"),
      "GET /containers/web/attach/ws",
      { headers: { ...upgradeTo("websocket"), "sec-websocket-version": "13" } },
    ],
    [
      (d) =>
        d.containerAttachWebsocket("web", {
          stream: true,
          stdin: false,
          stdout: true,
          stderr: true,
          logs: false,
        }),
      "GET /containers/web/attach/ws?stream=true&stdin=false&stdout=true&stderr=true&logs=false",
      { headers: { ...upgradeTo("websocket"), "sec-websocket-version": "13" } },
    ],
    [
      (d) => d.containerAttachWebsocket("web", { detachKeys: "ctrl-x,x" }),
      "GET /containers/web/attach/ws?detachKeys=ctrl-x,x",
      { headers: { ...upgradeTo("websocket"), "sec-websocket-version": "13" } },
    ],
  ],
  ContainerWait: [
    [(d) => d.containerWait("web"), "POST /containers/web/wait", { headers: NONE }],
    [
      (d) => d.containerWait("web", { condition: "next-exit" }),
      "POST /containers/web/wait?condition=next-exit",
      { headers: NONE },
    ],
    [
      (d) => d.containerWait("web", { condition: "removed" }),
      "POST /containers/web/wait?condition=removed",
      { headers: NONE },
    ],
  ],
  ContainerDelete: [
    [(d) => d.containerDelete("web"), "DELETE /containers/web"],
    [
      (d) => d.containerDelete("web", { v: true, force: true, link: false }),
      "DELETE /containers/web?v=true&force=true&link=false",
    ],
    [(d) => d.containerDelete("web/alias", { link: true }), "DELETE /containers/web/alias?link=true"],
  ],
  ContainerArchiveInfo: [
    [
      (d) => d.containerArchiveInfo("web", { path: "/etc/a b" }),
      "HEAD /containers/web/archive?path=/etc/a b",
    ],
  ],
  ContainerArchive: [
    [(d) => d.containerArchive("web", { path: "/etc" }), "GET /containers/web/archive?path=/etc"],
    [
      (d) => d.containerArchive("web", { path: "/a?b=c&d#é" }),
      "GET /containers/web/archive?path=/a?b=c%26d#é",
    ],
    [(d) => d.containerArchive("web", { path: "/c++/a%20b" }), "GET /containers/web/archive?path=/c++/a%20b"],
  ],
  PutContainerArchive: [
    [
      (d) => d.putContainerArchive("web", Buffer.from("tar"), { path: "/tmp" }),
      "PUT /containers/web/archive?path=/tmp",
      { tar: "tar" },
    ],
    [
      (d) => d.putContainerArchive("web", pieces("t", "ar"), { path: "/tmp" }),
      "PUT /containers/web/archive?path=/tmp",
      { stream: "tar" },
    ],
    [
      (d) =>
        d.putContainerArchive("web", new Uint8Array([116]), {
          path: "/tmp",
          noOverwriteDirNonDir: true,
          copyUIDGID: false,
        }),
      "PUT /containers/web/archive?path=/tmp&noOverwriteDirNonDir=true&copyUIDGID=false",
      { tar: "t" },
    ],
  ],
  ContainerPrune: [
    [(d) => d.containerPrune(), "POST /containers/prune", { headers: NONE }],
    [
      (d) => d.containerPrune({ filters: { until: ["24h"], "label!": ["keep"] } }),
      'POST /containers/prune?filters={"until":["24h"],"label!":["keep"]}',
      { headers: NONE },
    ],
  ],
  ContainerExec: [
    [
      (d) =>
        d.containerExec("web", {
          Cmd: ["ls", "-l"],
          AttachStdout: true,
          Env: ["A=1"],
          ConsoleSize: [24, 80],
        }),
      "POST /containers/web/exec",
      { json: { Cmd: ["ls", "-l"], AttachStdout: true, Env: ["A=1"], ConsoleSize: [24, 80] } },
    ],
  ],
  // Its body has a length: the Engine reads on until it ends.
  ExecStart: [
    [
      (d) => d.execStart("e1", { body: { Detach: false, Tty: false } }),
      "POST /exec/e1/start",
      { json: { Detach: false, Tty: false }, headers: upgradeTo("tcp") },
    ],
    [
      (d) => d.execStart("e1", { body: { Tty: true, ConsoleSize: [24, 80] } }),
      "POST /exec/e1/start",
      { json: { Tty: true, ConsoleSize: [24, 80] }, headers: upgradeTo("tcp") },
    ],
  ],
  ExecResize: [
    [(d) => d.execResize("e1", { h: 1, w: 2 }), "POST /exec/e1/resize?h=1&w=2", { headers: NONE }],
  ],
  ExecInspect: [[(d) => d.execInspect("e1"), "GET /exec/e1/json"]],
};
