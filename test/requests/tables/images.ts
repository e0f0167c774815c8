import { Readable } from "node:stream";
import { login, sentLogin, type Table } from "../row.js";

const NONE = { "content-length": "0" };
const AUTH = { "x-registry-auth": sentLogin };
const arm = { os: "linux", architecture: "arm", variant: "v5" };
const ARM = '{"os":"linux","architecture":"arm","variant":"v5"}';
const pieces = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)));

/** Images, builds and registries. */
export const images: Table = {
  ImageList: [
    [(d) => d.imageList(), "GET /images/json"],
    [
      (d) => d.imageList({ all: false, digests: false, "shared-size": false, manifests: false }),
      "GET /images/json?all=false&digests=false&shared-size=false&manifests=false",
    ],
    [
      (d) => d.imageList({ all: true, digests: true, "shared-size": true, manifests: true }),
      "GET /images/json?all=true&digests=true&shared-size=true&manifests=true",
    ],
    [
      (d) => d.imageList({ filters: { dangling: ["true"], reference: ["alpine:*"] } }),
      'GET /images/json?filters={"dangling":["true"],"reference":["alpine:*"]}',
    ],
    [
      (d) => d.imageList({ filters: { before: ["a:1"], since: ["b:2"], until: ["1h"] } }),
      'GET /images/json?filters={"before":["a:1"],"since":["b:2"],"until":["1h"]}',
    ],
  ],
  ImageBuild: [
    [(d) => d.imageBuild({ body: Buffer.from("tar") }), "POST /build", { tar: "tar" }],
    [(d) => d.imageBuild({ body: pieces("t", "ar") }), "POST /build", { stream: "tar" }],
    [
      (d) => d.imageBuild({ remote: "https://example.com/r.git#main" }),
      "POST /build?remote=https://example.com/r.git#main",
      { headers: NONE },
    ],
    [
      (d) => d.imageBuild({ body: Buffer.from("tar"), t: ["a:1", "r.example:5000/b:2"] }),
      "POST /build?t=a:1&t=r.example:5000/b:2",
      { tar: "tar" },
    ],
    [
      (d) => d.imageBuild({ body: Buffer.from("tar"), extrahosts: ["a:1.2.3.4", "b:::1"] }),
      "POST /build?extrahosts=a:1.2.3.4&extrahosts=b:::1",
      { tar: "tar" },
    ],
    [
      (d) => d.imageBuild({ body: Buffer.from("tar"), securityopt: ["a=b", "c"] }),
      "POST /build?securityopt=a=b&securityopt=c",
      { tar: "tar" },
    ],
    [
      (d) => d.imageBuild({ body: Buffer.from("tar"), buildargs: { HTTP_PROXY: null, V: "1,2" } }),
      'POST /build?buildargs={"HTTP_PROXY":null,"V":"1,2"}',
      { tar: "tar" },
    ],
    [
      (d) => d.imageBuild({ body: Buffer.from("tar"), labels: { "a.b": "c d" } }),
      'POST /build?labels={"a.b":"c d"}',
      { tar: "tar" },
    ],
    [
      (d) => d.imageBuild({ body: Buffer.from("tar"), cachefrom: ["a:1", "b"] }),
      'POST /build?cachefrom=["a:1","b"]',
      { tar: "tar" },
    ],
    [
      (d) => d.imageBuild({ body: Buffer.from("tar"), ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }] }),
      'POST /build?ulimits=[{"Name":"nofile","Soft":10,"Hard":20}]',
      { tar: "tar" },
    ],
    [
      (d) =>
        d.imageBuild({
          body: Buffer.from("tar"),
          outputs: [{ Type: "tar", Attrs: { dest: "x" } }],
          version: "2",
        }),
      'POST /build?outputs=[{"Type":"tar","Attrs":{"dest":"x"}}]&version=2',
      { tar: "tar" },
    ],
    [
      (d) =>
        d.imageBuild({
          body: Buffer.from("tar"),
          dockerfile: "sub/Dockerfile",
          target: "prod",
          platform: "linux/arm/v7",
        }),
      "POST /build?dockerfile=sub/Dockerfile&target=prod&platform=linux/arm/v7",
      { tar: "tar" },
    ],
    [
      (d) =>
        d.imageBuild({
          body: Buffer.from("tar"),
          q: true,
          nocache: true,
          pull: true,
          rm: false,
          forcerm: true,
          squash: false,
        }),
      "POST /build?q=true&nocache=true&pull=true&rm=false&forcerm=true&squash=false",
      { tar: "tar" },
    ],
    [
      (d) =>
        d.imageBuild({
          body: Buffer.from("tar"),
          memory: 1024,
          memswap: -1,
          cpushares: 2,
          cpusetcpus: "0-3",
          cpusetmems: "0",
          cpuperiod: 100,
          cpuquota: 50,
          shmsize: 64,
        }),
      "POST /build?memory=1024&memswap=-1&cpushares=2&cpusetcpus=0-3&cpusetmems=0&cpuperiod=100&cpuquota=50&shmsize=64",
      { tar: "tar" },
    ],
    [
      (d) =>
        d.imageBuild({
          body: Buffer.from("tar"),
          networkmode: "host",
          isolation: "default",
          cgroupparent: "/g",
          session: "s1",
          buildid: "b1",
        }),
      "POST /build?networkmode=host&isolation=default&cgroupparent=/g&session=s1&buildid=b1",
      { tar: "tar" },
    ],
    [
      (d) =>
        d.imageBuild({
          body: Buffer.from("tar"),
          "X-Registry-Config": { "https://index.docker.io/v1/": { username: "ada", password: "~~~???" } },
        }),
      "POST /build",
      {
        tar: "tar",
        headers: {
          "x-registry-config":
            "eyJodHRwczovL2luZGV4LmRvY2tlci5pby92MS8iOnsidXNlcm5hbWUiOiJhZGEiLCJwYXNzd29yZCI6In5-fj8_PyJ9fQ==",
        },
      },
    ],
  ],
  BuildPrune: [
    [(d) => d.buildPrune(), "POST /build/prune", { headers: NONE }],
    [(d) => d.buildPrune({ all: false }), "POST /build/prune?all=false", { headers: NONE }],
    [
      (d) => d.buildPrune({ all: true, "reserved-space": 1, "max-used-space": 2, "min-free-space": 0 }),
      "POST /build/prune?all=true&reserved-space=1&max-used-space=2&min-free-space=0",
      { headers: NONE },
    ],
    [(d) => d.buildPrune({ "keep-storage": 9 }), "POST /build/prune?keep-storage=9", { headers: NONE }],
    [
      (d) => d.buildPrune({ filters: { until: ["24h"], inuse: ["false"] } }),
      'POST /build/prune?filters={"until":["24h"],"inuse":["false"]}',
      { headers: NONE },
    ],
  ],
  ImageCreate: [
    [
      (d) => d.imageCreate({ fromImage: "alpine", tag: "3.20" }),
      "POST /images/create?fromImage=alpine&tag=3.20",
      { headers: NONE },
    ],
    [
      (d) =>
        d.imageCreate({ fromImage: "r.example:5000/a/b", tag: "sha256:0123", platform: "linux/arm64/v8" }),
      "POST /images/create?fromImage=r.example:5000/a/b&tag=sha256:0123&platform=linux/arm64/v8",
      { headers: NONE },
    ],
    [
      (d) => d.imageCreate({ fromImage: "alpine", "X-Registry-Auth": login }),
      "POST /images/create?fromImage=alpine",
      { headers: { ...NONE, ...AUTH } },
    ],
    [
      (d) =>
        d.imageCreate({
          fromSrc: "-",
          repo: "mine",
          tag: "1",
          message: "by hand",
          changes: ["ENV A=b,c", 'CMD ["sh"]'],
          body: pieces("tar"),
        }),
      'POST /images/create?fromSrc=-&repo=mine&tag=1&message=by hand&changes=ENV A=b,c&changes=CMD ["sh"]',
      { stream: "tar" },
    ],
    [
      (d) => d.imageCreate({ fromSrc: "https://example.com/a.tar?x=1&y=2" }),
      "POST /images/create?fromSrc=https://example.com/a.tar?x=1%26y=2",
      { headers: NONE },
    ],
  ],
  ImageInspect: [
    [(d) => d.imageInspect("alpine:3.20"), "GET /images/alpine:3.20/json"],
    [(d) => d.imageInspect("alpine", { manifests: true }), "GET /images/alpine/json?manifests=true"],
    [
      (d) => d.imageInspect("r.example:5000/a/b@sha256:0123"),
      "GET /images/r.example:5000/a/b@sha256:0123/json",
    ],
  ],
  ImageHistory: [
    [(d) => d.imageHistory("alpine"), "GET /images/alpine/history"],
    [(d) => d.imageHistory("a/b:1"), "GET /images/a/b:1/history"],
    [(d) => d.imageHistory("alpine", { platform: arm }), `GET /images/alpine/history?platform=${ARM}`],
  ],
  ImagePush: [
    [(d) => d.imagePush("r.example:5000/a"), "POST /images/r.example:5000/a/push", { headers: NONE }],
    [(d) => d.imagePush("a", { tag: "" }), "POST /images/a/push?tag=", { headers: NONE }],
    [
      (d) => d.imagePush("a", { "X-Registry-Auth": login }, { headers: { "x-registry-auth": null } }),
      "POST /images/a/push",
      { headers: NONE },
    ],
    [
      (d) => d.imagePush("a/b", { tag: "1", platform: arm, "X-Registry-Auth": login }),
      `POST /images/a/b/push?tag=1&platform=${ARM}`,
      { headers: { ...NONE, ...AUTH } },
    ],
    [
      (d) => d.imagePush("a", { "X-Registry-Auth": { identitytoken: "~~~" } }),
      "POST /images/a/push",
      { headers: { ...NONE, "x-registry-auth": "eyJpZGVudGl0eXRva2VuIjoifn5-In0=" } },
    ],
  ],
  ImageTag: [
    [
      (d) => d.imageTag("alpine", { repo: "r.example:5000/mine", tag: "v1" }),
      "POST /images/alpine/tag?repo=r.example:5000/mine&tag=v1",
      { headers: NONE },
    ],
    [(d) => d.imageTag("alpine", { repo: "mine" }), "POST /images/alpine/tag?repo=mine", { headers: NONE }],
  ],
  ImageDelete: [
    [(d) => d.imageDelete("alpine"), "DELETE /images/alpine"],
    [(d) => d.imageDelete("sha256:0123"), "DELETE /images/sha256:0123"],
    [
      (d) => d.imageDelete("alpine", { force: true, noprune: false }),
      "DELETE /images/alpine?force=true&noprune=false",
    ],
  ],
  ImageSearch: [
    [(d) => d.imageSearch({ term: "a b" }), "GET /images/search?term=a b"],
    [
      (d) => d.imageSearch({ term: "a", limit: 1, filters: { stars: ["3"], "is-official": ["true"] } }),
      'GET /images/search?term=a&limit=1&filters={"stars":["3"],"is-official":["true"]}',
    ],
    [
      (d) => d.imageSearch({ term: "a", "X-Registry-Auth": login }),
      "GET /images/search?term=a",
      { headers: AUTH },
    ],
  ],
  ImagePrune: [
    [(d) => d.imagePrune(), "POST /images/prune", { headers: NONE }],
    [
      (d) => d.imagePrune({ filters: { dangling: ["false"], label: ["a", "b=c"] } }),
      'POST /images/prune?filters={"dangling":["false"],"label":["a","b=c"]}',
      { headers: NONE },
    ],
  ],
  ImageCommit: [
    [(d) => d.imageCommit({ container: "web" }), "POST /commit?container=web", { headers: NONE }],
    [
      (d) =>
        d.imageCommit({
          container: "web",
          repo: "mine",
          tag: "1",
          comment: "c",
          author: "Ada <a@b>",
          pause: false,
          changes: ["ENV A=1", "USER 1,2"],
          body: { Cmd: ["sh"] },
        }),
      "POST /commit?container=web&repo=mine&tag=1&comment=c&author=Ada <a@b>&pause=false&changes=ENV A=1&changes=USER 1,2",
      { json: { Cmd: ["sh"] } },
    ],
  ],
  // JSON, unlike that of pull, create and build.
  ImageGet: [
    [(d) => d.imageGet("alpine:3.20"), "GET /images/alpine:3.20/get"],
    [(d) => d.imageGet("alpine", arm), `GET /images/alpine/get?platform=${ARM}`],
    [(d) => d.imageGet("alpine", "linux/arm/v5"), `GET /images/alpine/get?platform=${ARM}`],
    [
      (d) =>
        d.imageGet("alpine", {
          os: "windows",
          architecture: "amd64",
          "os.version": "10.0",
          "os.features": ["x"],
        }),
      'GET /images/alpine/get?platform={"os":"windows","architecture":"amd64","os.version":"10.0","os.features":["x"]}',
    ],
    [(d) => d.imageGet("ghcr.io/a/b:v1"), "GET /images/ghcr.io/a/b:v1/get"],
  ],
  ImageGetAll: [
    [(d) => d.imageGetAll(), "GET /images/get"],
    [(d) => d.imageGetAll({ names: ["a:1", "b,c"] }), "GET /images/get?names=a:1&names=b,c"],
    [(d) => d.imageGetAll({ names: ["a"], platform: arm }), `GET /images/get?names=a&platform=${ARM}`],
  ],
  ImageLoad: [
    [(d) => d.imageLoad({ body: Buffer.from("tar") }), "POST /images/load", { tar: "tar" }],
    [(d) => d.imageLoad({ body: pieces("t", "a", "r") }), "POST /images/load", { stream: "tar" }],
    [
      (d) => d.imageLoad({ body: Buffer.from("tar"), quiet: false, platform: arm }),
      `POST /images/load?quiet=false&platform=${ARM}`,
      { tar: "tar" },
    ],
  ],
  DistributionInspect: [
    [(d) => d.distributionInspect("r.example:5000/a:1"), "GET /distribution/r.example:5000/a:1/json"],
    [
      (d) => d.distributionInspect("a", { "X-Registry-Auth": login }),
      "GET /distribution/a/json",
      { headers: AUTH },
    ],
  ],
};
