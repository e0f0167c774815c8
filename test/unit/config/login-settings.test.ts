import { readLoginSettings } from "../../../src/config/login-settings.js";
import { ConfigError } from "../../../src/errors.js";
import { planted } from "../../helpers/planted-secrets.js";
import { type Given, given } from "./given.js";

const FILE = "/home/me/.docker/config.json";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const settings = (content: object | string, more: Given = {}) => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return readLoginSettings(given({ files: { [FILE]: text }, ...more }));
};
const inEnvironment = (content: object | string) =>
  readLoginSettings(
    given({
      env: { DOCKER_AUTH_CONFIG: typeof content === "string" ? content : JSON.stringify(content) },
    }),
  );

test("without a file there is nothing", () => {
  expect(readLoginSettings(given({}))).toEqual({
    file: FILE,
    environment: new Map(),
    auths: new Map(),
    credHelpers: new Map(),
    credsStore: undefined,
    defaultHelper: undefined,
  });
});

test.each<[what: string, entry: unknown, login: object]>([
  ["a password with colons", { auth: base64("me:a:b:") }, { username: "me", password: "a:b:" }],
  ["an empty password", { auth: base64("me:") }, { username: "me" }],
  ["zeros after the password", { auth: base64("me:x\0\0") }, { username: "me", password: "x" }],
  [
    "line breaks in base64",
    { auth: base64("me:pass").replace(/(....)/, "$1\n") },
    { username: "me", password: "pass" },
  ],
  ["text that is not ASCII", { auth: base64("žofie:heslo č") }, { username: "žofie", password: "heslo č" }],
  ["members of their own", { username: "me", password: "x" }, { username: "me", password: "x" }],
  [
    "auth rather than these",
    { username: "x", password: "x", auth: base64("me:y") },
    { username: "me", password: "y" },
  ],
  ["an identity token", { auth: base64("me:"), identitytoken: "t" }, { username: "me", identitytoken: "t" }],
  ["a registry token", { registrytoken: "t" }, { registrytoken: "t" }],
  ["what is not a login", { email: "me@example", nonsense: 1 }, {}],
  ["nothing", {}, {}],
  ["null", null, {}],
])("an entry may have %s", (_, entry, login) => {
  expect(settings({ auths: { "r.example": entry } }).auths.get("r.example")).toEqual(login);
});

test("helpers are named for one registry or for all", () => {
  const { credHelpers, credsStore } = settings({
    credHelpers: { "r.example": "ecr-login", "s.example": "" },
    credsStore: "desktop.exe",
  });
  expect([...credHelpers]).toEqual([
    ["r.example", "ecr-login"],
    ["s.example", ""],
  ]);
  expect(credsStore).toBe("desktop.exe");
});

const secret = planted("password");

test.each<[content: object | string, says: string]>([
  [`{"auths":{"r.example":{"auth":"${secret}"`, `${FILE} is not valid JSON`],
  [{ auths: [secret] }, `auths must be an object, not an array, in ${FILE}`],
  [{ auths: { "r.example": secret } }, `auths["r.example"] must be an object, not a string, in ${FILE}`],
  [
    { auths: { "r.example": { auth: [secret] } } },
    'auth of auths["r.example"] must be a string, not an array',
  ],
  [
    { auths: { "r.example": { identitytoken: { secret } } } },
    'identitytoken of auths["r.example"] must be a string',
  ],
  [
    { auths: { "r.example": { auth: secret } } },
    'auth of auths["r.example"] is not base64 of "username:password"',
  ],
  [{ auths: { "r.example": { auth: base64(secret) } } }, 'auth of auths["r.example"] is not base64'],
  [{ auths: { "r.example": { auth: base64(`:${secret}`) } } }, 'auth of auths["r.example"] is not base64'],
  [
    { auths: { [`https://me:${secret}@r.example`]: 1 } },
    'auths["https://***@r.example"] must be an object, not a number',
  ],
  [{ credHelpers: "x" }, `credHelpers must be an object, not a string, in ${FILE}`],
  [{ credHelpers: { "r.example": 5 } }, 'credHelpers["r.example"] must be a string, not a number'],
  [
    { credHelpers: { "r.example": "../../tmp/x" } },
    'credHelpers["r.example"] must be the NAME of a program docker-credential-NAME',
  ],
  [{ credsStore: ["x"] }, `credsStore must be a string, not an array, in ${FILE}`],
  [
    { credsStore: "/bin/sh" },
    'credsStore must be the NAME of a program docker-credential-NAME, without a path, not "/bin/sh", in',
  ],
  [{ credsStore: "a\\..\\b" }, "credsStore must be the NAME"],
  [{ credsStore: "a b" }, "credsStore must be the NAME"],
])("%j is refused", (content, says) => {
  expect(() => settings(content)).toThrow(ConfigError);
  expect(() => settings(content)).toThrow(says);
});

test("DOCKER_AUTH_CONFIG holds logins", () => {
  const { environment } = inEnvironment({ auths: { "r.example": { auth: base64("me:a:b") } } });
  expect([...environment]).toEqual([["r.example", { username: "me", password: "a:b" }]]);
});

test.each(["", " ", "{}", '{"auths":null}'])("DOCKER_AUTH_CONFIG may be %j", (text) => {
  expect(inEnvironment(text).environment.size).toBe(0);
});

test.each<[content: object | string, says: string]>([
  [secret, "The JSON is invalid in DOCKER_AUTH_CONFIG"],
  [`{}{"auths":"${secret}"}`, "The JSON is invalid in DOCKER_AUTH_CONFIG"],
  [[secret], "the JSON must be an object, not an array, in DOCKER_AUTH_CONFIG"],
  [{ auths: {}, credHelpers: {} }, '"credHelpers" is not supported in DOCKER_AUTH_CONFIG'],
  [{ auths: { "r.example": {} } }, 'auths["r.example"] has no auth in DOCKER_AUTH_CONFIG'],
  [
    { auths: { "r.example": { auth: base64("me:x"), password: secret } } },
    'auths["r.example"] has "password", which is not supported, in',
  ],
  [{ auths: { "r.example": { auth: secret } } }, 'auth of auths["r.example"] is not base64'],
])("DOCKER_AUTH_CONFIG with %j is refused", (content, says) => {
  expect(() => inEnvironment(content)).toThrow(ConfigError);
  expect(() => inEnvironment(content)).toThrow(says);
});

test("a variable that is not text is refused", () => {
  const env = { DOCKER_AUTH_CONFIG: 5 } as unknown as Record<string, string>;
  expect(() => readLoginSettings(given({ env }))).toThrow(
    "DOCKER_AUTH_CONFIG in the option env must be a string",
  );
});

describe("the platform's helper", () => {
  const PATH = "/usr/bin:/opt/bin";
  const installed = (...sockets: string[]): Given => ({ env: { PATH }, sockets });
  const helper = (more: Given, content: object = {}) => settings(content, more).defaultHelper;

  test.each<[what: string, more: Given, name: string | undefined]>([
    ["none is installed", installed(), undefined],
    ["secretservice is", installed("/opt/bin/docker-credential-secretservice"), "secretservice"],
    ["pass is", installed("/usr/bin/pass", "/usr/bin/docker-credential-pass"), "pass"],
    [
      "only pass itself is",
      installed("/usr/bin/pass", "/usr/bin/docker-credential-secretservice"),
      undefined,
    ],
    ["it is outside the PATH", installed("/bin/docker-credential-secretservice"), undefined],
    ["there is no PATH", { sockets: ["/usr/bin/docker-credential-secretservice"] }, undefined],
    [
      "it is macOS",
      { ...installed("/usr/bin/docker-credential-osxkeychain"), platform: "darwin" },
      "osxkeychain",
    ],
    [
      "it is Windows",
      {
        platform: "win32",
        env: { Path: "C:\\Windows;C:\\bin" },
        sockets: ["C:\\bin\\docker-credential-wincred.exe"],
        home: "C:\\me",
      },
      "wincred",
    ],
  ])("if %s", (_, more, name) => {
    expect(helper(more)).toBe(name);
  });

  test.each([{ auths: { "r.example": {} } }, { credsStore: "x" }, { credHelpers: { "r.example": "x" } }])(
    "is not used if there is %j",
    (content) => {
      expect(helper(installed("/opt/bin/docker-credential-secretservice"), content)).toBeUndefined();
    },
  );
});
