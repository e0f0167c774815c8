import { describeEndpoint, resolveConfig } from "../../../src/config/index.js";
import { ConfigError } from "../../../src/index.js";
import { context, contextId, type Given, given } from "./given.js";

const FOLDER = "/home/me/.docker";
const config = (content: object, folder = FOLDER) => ({ [`${folder}/config.json`]: JSON.stringify(content) });
const contexts = {
  ...context("one", { Host: "tcp://one" }),
  ...context("two", { Host: "tcp://two" }),
  ...context("rootless", { Host: "unix:///run/user/1000/docker.sock" }),
  ...context("box", { Host: "ssh://me@box" }),
};
const current = { ...contexts, ...config({ currentContext: "one" }) };
const system = "/var/run/docker.sock";
const rootless = "/run/user/7/docker.sock";
const desktop = "/home/me/.docker/run/docker.sock";
const XDG_RUNTIME_DIR = "/run/user/7";

/** The sockets that are looked for after the platform's own, in order. */
const installed = [
  "/run/podman/podman.sock",
  "/run/user/7/podman/podman.sock",
  "/run/user/7/podman/podman-machine-default-api.sock",
  "/home/me/.local/share/containers/podman/machine/podman.sock",
  "/home/me/.colima/default/docker.sock",
  "/home/me/.config/colima/default/docker.sock",
  "/home/me/.rd/docker.sock",
  "/home/me/.docker/desktop/docker.sock",
  desktop,
  "/home/me/.orbstack/run/docker.sock",
];
const installedEnv = { XDG_RUNTIME_DIR, XDG_CONFIG_HOME: "/home/me/.config" };

const ONE = "tcp://one:2375";
const TWO = "tcp://two:2375";
const ENV = "tcp://env:2375";
const OPT = "tcp://opt:2375";
const SYSTEM = `unix://${system}`;
const BY_DEFAULT = "the default of this platform";
const BY_CURRENT = `the context "one" (currentContext of ${FOLDER}/config.json)`;

interface Row extends Given {
  want: string;
  by: string;
}

const host = (name: string) => ({ DOCKER_HOST: `tcp://${name}` });

describe.each<{ group: string; rows: Row[] }>([
  {
    group: "the option host goes before everything",
    rows: [
      { options: { host: "tcp://opt" }, want: OPT, by: "the option host" },
      { options: { host: "tcp://opt" }, env: host("env"), want: OPT, by: "the option host" },
      { options: { host: "tcp://opt" }, env: { DOCKER_HOST: "nonsense" }, want: OPT, by: "the option host" },
      {
        options: { host: "tcp://opt" },
        env: { DOCKER_CONTEXT: "two" },
        files: current,
        want: OPT,
        by: "the option host",
      },
      {
        options: { host: "tcp://opt" },
        env: { DOCKER_CONTEXT: "unknown" },
        want: OPT,
        by: "the option host",
      },
      {
        options: { host: "tcp://opt" },
        files: config({ currentContext: "unknown" }),
        want: OPT,
        by: "the option host",
      },
      { options: { host: "tcp://opt" }, sockets: [system], want: OPT, by: "the option host" },
      { options: { host: "unix:///x.sock" }, want: "unix:///x.sock", by: "the option host" },
      { options: { host: "ssh://me@box" }, want: "ssh://me@box", by: "the option host" },
      { options: { host: "https://opt" }, want: "https://opt:2376", by: "the option host" },
      { options: { host: "tcp://opt", context: undefined }, want: OPT, by: "the option host" },
    ],
  },
  {
    group: "then the option context",
    rows: [
      {
        options: { context: "two" },
        files: contexts,
        want: TWO,
        by: 'the context "two" (the option context)',
      },
      {
        options: { context: "two" },
        files: current,
        want: TWO,
        by: 'the context "two" (the option context)',
      },
      {
        options: { context: "two" },
        env: host("env"),
        files: contexts,
        want: TWO,
        by: 'the context "two" (the option context)',
      },
      {
        options: { context: "two" },
        env: { DOCKER_HOST: "nonsense" },
        files: contexts,
        want: TWO,
        by: 'the context "two" (the option context)',
      },
      {
        options: { context: "two" },
        env: { DOCKER_CONTEXT: "one" },
        files: contexts,
        want: TWO,
        by: 'the context "two" (the option context)',
      },
      {
        options: { context: "rootless" },
        files: contexts,
        want: "unix:///run/user/1000/docker.sock",
        by: 'the context "rootless" (the option context)',
      },
      {
        options: { context: "box" },
        files: contexts,
        want: "ssh://me@box",
        by: 'the context "box" (the option context)',
      },
      {
        options: { context: "two" },
        env: { DOCKER_CONFIG: "/cfg" },
        files: context("two", { Host: "tcp://elsewhere" }, {}, "/cfg"),
        want: "tcp://elsewhere:2375",
        by: 'the context "two" (the option context)',
      },
    ],
  },
  {
    group: 'the option context "default" is DOCKER_HOST or the default socket',
    rows: [
      { options: { context: "default" }, want: SYSTEM, by: BY_DEFAULT },
      { options: { context: "default" }, env: host("env"), want: ENV, by: "DOCKER_HOST" },
      {
        options: { context: "default" },
        env: { DOCKER_CONTEXT: "two" },
        files: current,
        want: SYSTEM,
        by: BY_DEFAULT,
      },
      {
        options: { context: "default" },
        env: { ...host("env"), DOCKER_CONTEXT: "two" },
        files: current,
        want: ENV,
        by: "DOCKER_HOST",
      },
      { options: { context: "default" }, env: { DOCKER_CONTEXT: "unknown" }, want: SYSTEM, by: BY_DEFAULT },
      {
        options: { context: "default" },
        files: config({ currentContext: "unknown" }),
        want: SYSTEM,
        by: BY_DEFAULT,
      },
      {
        options: { context: "default" },
        files: context("default", { Host: "tcp://trap" }),
        want: SYSTEM,
        by: BY_DEFAULT,
      },
    ],
  },
  {
    group: "then DOCKER_HOST",
    rows: [
      { env: host("env"), want: ENV, by: "DOCKER_HOST" },
      { env: { DOCKER_HOST: "  tcp://env " }, want: ENV, by: "DOCKER_HOST" },
      { env: host("env"), files: current, want: ENV, by: "DOCKER_HOST" },
      { env: { ...host("env"), DOCKER_CONTEXT: "two" }, files: current, want: ENV, by: "DOCKER_HOST" },
      { env: { ...host("env"), DOCKER_CONTEXT: "unknown" }, want: ENV, by: "DOCKER_HOST" },
      { env: { ...host("env"), DOCKER_CONTEXT: "default" }, want: ENV, by: "DOCKER_HOST" },
      { env: host("env"), files: config({ currentContext: "unknown" }), want: ENV, by: "DOCKER_HOST" },
      { env: host("env"), files: config({ currentContext: 5 }), want: ENV, by: "DOCKER_HOST" },
      { env: host("env"), sockets: [system, desktop], want: ENV, by: "DOCKER_HOST" },
      {
        env: { DOCKER_HOST: "unix:///run/podman/podman.sock" },
        want: "unix:///run/podman/podman.sock",
        by: "DOCKER_HOST",
      },
      {
        env: { DOCKER_HOST: "npipe:////./pipe/x" },
        platform: "win32",
        want: "npipe:////./pipe/x",
        by: "DOCKER_HOST",
      },
      {
        env: { ...host("env"), DOCKER_CUSTOM_HEADERS: "A=1" },
        files: { [`${FOLDER}/config.json`]: "{" },
        want: ENV,
        by: "DOCKER_HOST",
      },
    ],
  },
  {
    group: "then DOCKER_CONTEXT",
    rows: [
      {
        env: { DOCKER_CONTEXT: "two" },
        files: contexts,
        want: TWO,
        by: 'the context "two" (DOCKER_CONTEXT)',
      },
      { env: { DOCKER_CONTEXT: "two" }, files: current, want: TWO, by: 'the context "two" (DOCKER_CONTEXT)' },
      {
        env: { DOCKER_CONTEXT: "two", DOCKER_HOST: "" },
        files: contexts,
        want: TWO,
        by: 'the context "two" (DOCKER_CONTEXT)',
      },
      {
        env: { DOCKER_CONTEXT: "two" },
        files: { ...contexts, ...config({ currentContext: "unknown" }) },
        want: TWO,
        by: 'the context "two" (DOCKER_CONTEXT)',
      },
      {
        env: { DOCKER_CONTEXT: "two" },
        files: contexts,
        sockets: [system],
        want: TWO,
        by: 'the context "two" (DOCKER_CONTEXT)',
      },
      { env: { DOCKER_CONTEXT: "default" }, files: current, want: SYSTEM, by: BY_DEFAULT },
      {
        env: { DOCKER_CONTEXT: "default" },
        files: config({ currentContext: "unknown" }),
        want: SYSTEM,
        by: BY_DEFAULT,
      },
    ],
  },
  {
    group: "then currentContext of config.json",
    rows: [
      { files: current, want: ONE, by: BY_CURRENT },
      { env: { DOCKER_HOST: "", DOCKER_CONTEXT: "" }, files: current, want: ONE, by: BY_CURRENT },
      { files: current, sockets: [system, desktop], want: ONE, by: BY_CURRENT },
      { env: { DOCKER_CONFIG: "" }, files: current, want: ONE, by: BY_CURRENT },
      { options: { context: undefined }, files: current, want: ONE, by: BY_CURRENT },
      {
        env: { DOCKER_CONFIG: "/cfg" },
        files: {
          ...current,
          ...config({ currentContext: "two" }, "/cfg"),
          ...context("two", { Host: "tcp://elsewhere" }, {}, "/cfg"),
        },
        want: "tcp://elsewhere:2375",
        by: 'the context "two" (currentContext of /cfg/config.json)',
      },
      { env: { DOCKER_CONFIG: "/cfg" }, files: current, want: SYSTEM, by: BY_DEFAULT },
      { files: { ...contexts, ...config({ currentContext: "default" }) }, want: SYSTEM, by: BY_DEFAULT },
      { files: { ...contexts, ...config({ currentContext: "" }) }, want: SYSTEM, by: BY_DEFAULT },
      { files: { ...contexts, ...config({ currentContext: null }) }, want: SYSTEM, by: BY_DEFAULT },
      { files: { ...contexts, ...config({ auths: {} }) }, want: SYSTEM, by: BY_DEFAULT },
      { files: { ...contexts, [`${FOLDER}/config.json`]: "\n" }, want: SYSTEM, by: BY_DEFAULT },
      { files: contexts, want: SYSTEM, by: BY_DEFAULT },
      {
        platform: "win32",
        home: "C:\\Users\\me",
        files: {
          "C:\\Users\\me\\.docker\\config.json": '{"currentContext":"desktop"}',
          [`C:\\Users\\me\\.docker\\contexts\\meta\\${contextId("desktop")}\\meta.json`]:
            '{"Name":"desktop","Endpoints":{"docker":{"Host":"npipe:////./pipe/dockerDesktopLinuxEngine"}}}',
        },
        want: "npipe:////./pipe/dockerDesktopLinuxEngine",
        by: 'the context "desktop" (currentContext of C:\\Users\\me\\.docker\\config.json)',
      },
    ],
  },
  {
    group: "then the default socket",
    rows: [
      { want: SYSTEM, by: BY_DEFAULT },
      { sockets: [system], want: SYSTEM, by: BY_DEFAULT },
      { sockets: [system, rootless, desktop], env: { XDG_RUNTIME_DIR }, want: SYSTEM, by: BY_DEFAULT },
      { sockets: [rootless, desktop], env: { XDG_RUNTIME_DIR }, want: `unix://${rootless}`, by: BY_DEFAULT },
      { sockets: [rootless, desktop], want: `unix://${desktop}`, by: BY_DEFAULT },
      { sockets: [desktop], env: { XDG_RUNTIME_DIR }, want: `unix://${desktop}`, by: BY_DEFAULT },
      { sockets: [desktop], platform: "darwin", want: `unix://${desktop}`, by: BY_DEFAULT },
      ...installed.map((path, first) => ({
        sockets: installed.slice(first),
        env: installedEnv,
        want: `unix://${path}`,
        by: BY_DEFAULT,
      })),
      {
        sockets: ["/home/me/.colima/default/docker.sock"],
        env: { COLIMA_HOME: "/colima" },
        want: SYSTEM,
        by: BY_DEFAULT,
      },
      {
        sockets: ["/colima/default/docker.sock"],
        env: { COLIMA_HOME: "/colima" },
        want: "unix:///colima/default/docker.sock",
        by: BY_DEFAULT,
      },
      {
        sockets: ["/var/folders/T/podman/podman-machine-default-api.sock"],
        env: { TMPDIR: "/var/folders/T/" },
        platform: "darwin",
        want: "unix:///var/folders/T/podman/podman-machine-default-api.sock",
        by: BY_DEFAULT,
      },
      {
        sockets: ["/tmp/podman/podman-machine-default-api.sock"],
        env: { TMPDIR: "/tmp" },
        want: SYSTEM,
        by: BY_DEFAULT,
      },
      {
        sockets: ["docker.sock", "/docker.sock"],
        env: { XDG_RUNTIME_DIR: "" },
        want: SYSTEM,
        by: BY_DEFAULT,
      },
      {
        sockets: ["/Users/me/.docker/run/docker.sock"],
        home: "/Users/me",
        platform: "darwin",
        want: "unix:///Users/me/.docker/run/docker.sock",
        by: BY_DEFAULT,
      },
      { sockets: [desktop], env: { DOCKER_CONFIG: "/cfg" }, want: `unix://${desktop}`, by: BY_DEFAULT },
      { env: { DOCKER_HOST: "" }, want: SYSTEM, by: BY_DEFAULT },
      { platform: "win32", want: "npipe:////./pipe/docker_engine", by: BY_DEFAULT },
      {
        platform: "win32",
        sockets: [system],
        env: { XDG_RUNTIME_DIR },
        want: "npipe:////./pipe/docker_engine",
        by: BY_DEFAULT,
      },
    ],
  },
])("$group", ({ rows }) => {
  test.each(rows)(
    "row %#: $options $env $platform $sockets lead to $want, by $by",
    ({ want, by, ...machine }) => {
      const { endpoint, source } = resolveConfig(given(machine));
      expect({ want: describeEndpoint(endpoint), by: source }).toEqual({ want, by });
    },
  );
});

test.each<Given & { says: string }>([
  { options: { host: "tcp://a", context: "one" }, files: contexts, says: "use one of them" },
  { options: { host: "tcp://a", context: "default" }, says: "use one of them" },
  { options: { host: "" }, env: host("env"), says: 'The option host "" is empty' },
  { options: { context: "" }, env: host("env"), says: "The option context is empty" },
  {
    options: { context: "unknown" },
    env: host("env"),
    says: 'There is no context "unknown", which the option context names',
  },
  { env: { DOCKER_HOST: "nonsense" }, files: current, says: 'DOCKER_HOST "nonsense" has no scheme' },
  { env: { DOCKER_HOST: "npipe:////./pipe/x" }, says: "npipe:////./pipe/x (DOCKER_HOST) is a Windows pipe" },
  {
    env: { DOCKER_CONTEXT: "unknown" },
    files: current,
    says: 'There is no context "unknown", which DOCKER_CONTEXT names',
  },
  {
    files: config({ currentContext: "unknown" }),
    sockets: [system],
    says: `which currentContext of ${FOLDER}/config.json names`,
  },
  { files: config({ currentContext: 5 }), says: `currentContext of ${FOLDER}/config.json must be a string` },
  {
    files: { [`${FOLDER}/config.json`]: '{"auths":hunter2' },
    says: `${FOLDER}/config.json is not valid JSON`,
  },
  { files: { [`${FOLDER}/config.json`]: "[]" }, says: `${FOLDER}/config.json is not a JSON object` },
  {
    files: { [`${FOLDER}/config.json`]: new Error("EACCES") },
    says: `${FOLDER}/config.json cannot be read: EACCES`,
  },
  {
    env: { DOCKER_CONFIG: "/cfg" },
    files: { "/cfg/config.json": "x" },
    says: "/cfg/config.json is not valid JSON",
  },
  {
    options: { host: "tcp://a" },
    files: { [`${FOLDER}/config.json`]: "{" },
    says: "config.json is not valid JSON",
  },
])("$options $env is a ConfigError, and nothing else is tried: $says", ({ says, ...machine }) => {
  const attempt = () => resolveConfig(given(machine));
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(says);
  expect(attempt).not.toThrow("hunter2");
});

test("a default socket tells what was looked for", () => {
  const sockets = [rootless, "/home/me/.rd/docker.sock"];
  const { endpoint } = resolveConfig(given({ sockets, env: { XDG_RUNTIME_DIR } }));
  expect(endpoint).toMatchObject({
    search: {
      found: [
        { path: rootless, owner: "rootless Docker" },
        { path: "/home/me/.rd/docker.sock", owner: "Rancher Desktop" },
      ],
      missing: [
        { path: system, owner: "the system's" },
        { path: "/run/podman/podman.sock", owner: "Podman" },
        { owner: "rootless Podman" },
        { owner: "Podman machine" },
        { owner: "Podman machine" },
        { owner: "Colima" },
        { owner: "Docker Desktop" },
        { path: desktop, owner: "Docker Desktop" },
        { owner: "OrbStack" },
      ],
    },
  });
});

test("an unreadable file's error is the cause", () => {
  const cause = new Error("EACCES");
  const files = { [`${FOLDER}/config.json`]: cause };
  expect(() => resolveConfig(given({ files }))).toThrow(expect.objectContaining({ cause }));
});
