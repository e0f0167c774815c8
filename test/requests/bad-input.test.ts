import { type OperationId, operations } from "#generated/operations.js";
import { ArgumentError, type Docker } from "../../src/index.js";
import { type RecordingEngine, useRecordingEngine } from "./recording-engine.js";

let engine: RecordingEngine;
let docker: Docker;

useRecordingEngine((made) => {
  ({ engine, docker } = made);
});

/** A call that must fail before there is a connection; gives the words of the error. */
async function refusal(call: (docker: Docker) => PromiseLike<unknown>): Promise<string> {
  const before = engine.connections();
  const error = await call(docker).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ArgumentError);
  expect(engine.connections()).toBe(before);
  return (error as ArgumentError).message;
}

type AnyMethod = (...args: unknown[]) => PromiseLike<unknown>;
const methodOf = (client: Docker, id: string): AnyMethod =>
  (client as unknown as Record<string, AnyMethod>)[`${id.charAt(0).toLowerCase()}${id.slice(1)}`]?.bind(
    client,
  ) as AnyMethod;

const withPath = (Object.keys(operations) as OperationId[]).filter((id) => operations[id].path.includes("{"));
/** What a call needs besides its path, so that the path is all there is to refuse. */
const needed = {
  body: {},
  options: { path: "/", h: 1, w: 1, name: "n", repo: "r", version: 1, remote: "r", timeout: 1 },
};

describe.each(withPath)("%s", (id) => {
  const { required, path, query } = operations[id];
  const [, parameter = ""] = /\{(\w+)\}/.exec(path) ?? [];
  const options = Object.fromEntries(
    Object.entries(needed.options).filter(
      ([name]) => (required as readonly string[]).includes(name) && name in query,
    ),
  );
  const rest = [
    ...((required as readonly string[]).includes("body")
      ? [id === "PutContainerArchive" ? Buffer.from("") : {}]
      : []),
    ...(Object.keys(options).length > 0 ? [options] : []),
  ];

  test.each([
    ["nothing", undefined, `${id}: ${parameter} must be a string, not undefined`],
    ["null", null, `${id}: ${parameter} must be a string, not null`],
    ["a number", 5, `${id}: ${parameter} must be a string, not a number`],
    ["an empty name", "", `${id}: ${parameter} is empty; give a name or an ID`],
    ["a dot", ".", `${id}: ${parameter} "." has the segment ".", which is not a name`],
    ["two dots", "..", `${id}: ${parameter} ".." has the segment "..", which is not a name`],
    ["a way out", "a/../b", `${id}: ${parameter} "a/../b" has the segment "..", which is not a name`],
    ["a newline", "a\nb", `${id}: ${parameter} "a\\nb" contains a control character`],
    ["an empty segment", "a//b", `${id}: ${parameter} "a//b" has an empty segment`],
    ["half a character", "\ud800", `${id}: ${parameter} "\\ud800" is not valid Unicode`],
  ])("refuses %s", async (_, value, message) => {
    expect(await refusal((client) => methodOf(client, id)(value, ...rest))).toContain(message);
  });
});

const cycle: Record<string, unknown> = {};
cycle.self = cycle;
const as = <T>(value: unknown): T => value as T;
const withFilters = (Object.keys(operations) as OperationId[]).filter(
  (id) => "filters" in operations[id].query,
);

class Filters {
  get label() {
    return ["a"];
  }
}

describe.each(withFilters)("%s", (id) => {
  const term = id === "ImageSearch" ? { term: "a" } : {};

  test.each([
    [
      "a string",
      "label=a",
      `${id}: the option filters must be an object of lists, such as { label: ["app=web"] }`,
    ],
    ["a list", ["label=a"], `${id}: the option filters must be an object of lists`],
    [
      "a Map",
      new Map([["label", ["a"]]]),
      `${id}: the option filters must be an object of lists, such as { label: ["app=web"] }, not a Map`,
    ],
    ["a Set", new Set(["label=a"]), `not a Set`],
    ["a Date", new Date(), `not a Date`],
    ["a URLSearchParams", new URLSearchParams("label=a"), `not a URLSearchParams`],
    ["a Promise", Promise.resolve({ label: ["a"] }), `not a Promise (await it first)`],
    ["an instance that has them elsewhere", new Filters(), `not a Filters`],
    ["a symbol's", { [Symbol("label")]: ["a"] }, `not one with a symbol as a key`],
    [
      "a Map for a list",
      { label: new Map([["a", "s3cret"]]) },
      `has a Map for label; give a list of strings`,
    ],
    ["an object with a label's value", { label: { app: "s3cret" } }, `has an object for label`],
    [
      "objects with a label's value",
      { label: [{ app: "s3cret" }] },
      `has an array that contains an object for label`,
    ],
    [
      "text for a list",
      { label: "a" },
      `${id}: the option filters has "a" for label; give a list of strings`,
    ],
    [
      "a number for a list",
      { label: 1 },
      `${id}: the option filters has 1 for label; give a list of strings`,
    ],
    ["a label as text", { label: "a=s3cret" }, `${id}: the option filters has "a=***" for label`],
    ["true for a list", { label: true }, `${id}: the option filters has true for label`],
    ["null for a list", { label: null }, `${id}: the option filters has null for label`],
    ["a list of numbers", { label: [1] }, `${id}: the option filters has an array that contains 1 for label`],
    ["a text of 1 MB", { id: "x".repeat(1e6) }, `${id}: the option filters has "${"x".repeat(100)}…" for id`],
    ["an address with a login", { id: "https://me:s3cret@h" }, `has "https://***@h" for id`],
    ["an object with text in it", { id: { a: "s3cret" } }, `has an object for id`],
    ["a cycle", { label: cycle }, `${id}: the option filters has`],
  ])("refuses filters that are %s", async (_, filters, message) => {
    expect(await refusal((client) => methodOf(client, id)({ ...term, filters }))).toContain(message);
  });
});

/** What has its content elsewhere than in its members, and would be taken for an empty object. */
const holders: Readonly<Record<string, () => unknown>> = {
  "a Promise (await it first)": () => Promise.resolve({}),
  "a Map (pass Object.fromEntries of it)": () => new Map([["timeout", 1]]),
  "a Set": () => new Set(["timeout"]),
  "a Date": () => new Date(),
  "a Headers (pass Object.fromEntries of it)": () => new Headers({ timeout: "1" }),
  "a URLSearchParams (pass Object.fromEntries of it)": () => new URLSearchParams("timeout=1"),
  "a Uint16Array": () => new Uint16Array(1),
  "a Filters": () => new Filters(),
  "one with a symbol as a key": () => ({ [Symbol("timeout")]: 1 }),
};

/** Each place for named values, and how a refusal of what is given there begins. */
const places: Readonly<
  Record<string, { call: (docker: Docker, value: never) => PromiseLike<unknown>; where: string }>
> = {
  options: {
    call: (d, value) => d.containerList(value),
    where: "ContainerList: the options must be an object",
  },
  "a request's options": {
    call: (d, value) => d.systemPing(value),
    where: "SystemPing: the options must be an object",
  },
  "a request's headers": {
    call: (d, headers) => d.systemPing({ headers }),
    where: "SystemPing: the option headers must be an object",
  },
  "a login": {
    call: (d, auth) => d.imageCreate({ fromImage: "a", "X-Registry-Auth": auth }),
    where: "ImageCreate: the option X-Registry-Auth must be an object such as { username, password }",
  },
  logins: {
    call: (d, auths) => d.imageBuild({ "X-Registry-Config": auths }),
    where: "ImageBuild: the option X-Registry-Config must be an object of logins by registry",
  },
  "a registry's login": {
    call: (d, auth) => d.imageBuild({ "X-Registry-Config": { r: auth } }),
    where: "ImageBuild: the option X-Registry-Config, r must be an object such as { username, password }",
  },
  "a platform": {
    call: (d, platform) => d.imageGet("a", platform),
    where: "ImageGet: the platform must be a string or an object",
  },
  "pull's options": { call: (d, value) => d.pull("a", value), where: "pull: the options must be an object" },
  "build's options": {
    call: (d, value) => d.build(Buffer.from(""), value),
    where: "build: the options must be an object",
  },
  "run's options": {
    call: (d, value) => d.run("a", [], value),
    where: "run: the options must be an object",
  },
  "run's environment": {
    call: (d, env) => d.run("a", [], { env }),
    where: "run: the option env must be an object",
  },
  "run's container": {
    call: (d, create) => d.run("a", [], { create }),
    where: "run: the option create must be an object",
  },
  "exec's environment": {
    call: (d, env) => d.exec("a", ["b"], { env }),
    where: "exec: the option env must be an object",
  },
};

describe.each(Object.entries(places))("for %s", (_, { call, where }) => {
  test.each(Object.entries(holders))("%s is refused", async (what, make) => {
    expect(await refusal((client) => call(client, make() as never))).toContain(`${where}, not ${what}`);
  });
});

test.each<{ why: string; call: (docker: Docker) => PromiseLike<unknown>; message: string }>([
  {
    why: "a body that is a Promise",
    call: (d) => d.containerCreate(as(Promise.resolve({ Image: "a" }))),
    message: "ContainerCreate: the body cannot be written as JSON: it is a Promise; await it first",
  },
  {
    why: "a body that is a Map",
    call: (d) => d.containerCreate(as(new Map([["Image", "a"]]))),
    message: "ContainerCreate: the body cannot be written as JSON: it is a Map, which JSON would write as {}",
  },
  {
    why: "build arguments that are a Promise",
    call: (d) => d.imageBuild({ buildargs: as(Promise.resolve({})) }),
    message: "ImageBuild: the option buildargs cannot be written as JSON: it is a Promise; await it first",
  },
  {
    why: "a symbol in a body",
    call: (d) => d.containerCreate({ Image: "a", Labels: as({ [Symbol("a")]: "b" }) }),
    message: "it has an object with a symbol as a key at Labels",
  },
  {
    why: "numbers of a fixed width in a body",
    call: (d) => d.containerCreate({ Image: "a", Cmd: as(new Uint16Array(1)) }),
    message: "it has a Uint16Array at Cmd",
  },
  {
    why: "a body with a cycle",
    call: (d) => d.containerCreate(as(cycle)),
    message: "ContainerCreate: the body cannot be written as JSON",
  },
  {
    why: "a body that is a function",
    call: (d) => d.containerCreate(as(() => 1)),
    message: "ContainerCreate: the body must be an object, not a function",
  },
  {
    why: "a required body that is missing",
    call: (d) => d.containerCreate(as(undefined)),
    message: "ContainerCreate: the body is required",
  },
  {
    why: "a required body that is null",
    call: (d) => d.networkCreate(as(null)),
    message: "NetworkCreate: the body is required",
  },
  {
    why: "text for an archive",
    call: (d) => d.putContainerArchive("web", as("tar"), { path: "/" }),
    message:
      "PutContainerArchive: the body must be a Uint8Array, a stream or an async iterable of them (application/x-tar)",
  },
  {
    why: "an object for an archive",
    call: (d) => d.imageLoad({ body: as({}) }),
    message: "ImageLoad: the body must be a Uint8Array",
  },
  {
    why: "a number for an archive",
    call: (d) => d.imageBuild({ body: as(1) }),
    message: "ImageBuild: the body must be a Uint8Array",
  },
  {
    why: "a required option that is missing",
    call: (d) => d.containerRename("web", as({})),
    message: "ContainerRename: the option name is required",
  },
  {
    why: "all options missing where one is required",
    call: (d) => d.imageTag("a", as(undefined)),
    message: "ImageTag: the option repo is required",
  },
  {
    why: "a misspelt option",
    call: (d) => d.containerStop("web", as({ timeout: 5 })),
    message:
      "ContainerStop: the option timeout is unknown; write t for the container's grace period in seconds instead",
  },
  {
    why: "a body where none belongs",
    call: (d) => d.containerStart("web", as({ body: {} })),
    message: "ContainerStart: the option body is unknown",
  },
  {
    why: "an object where text belongs",
    call: (d) => d.containerCreate({ Image: "a" }, as({ name: { first: "a" } })),
    message: "ContainerCreate: the option name must be a string, finite number or boolean",
  },
  {
    why: "a list where text belongs",
    call: (d) => d.containerCreate({ Image: "a" }, as({ name: ["a"] })),
    message: "ContainerCreate: the option name must be a string, finite number or boolean, not an array",
  },
  {
    why: "NaN",
    call: (d) => d.containerStop("web", { t: Number.NaN }),
    message: "ContainerStop: the option t must be a string, finite number or boolean, not NaN",
  },
  {
    why: "Infinity",
    call: (d) => d.containerList({ limit: Number.POSITIVE_INFINITY }),
    message: "ContainerList: the option limit must be",
  },
  {
    why: "half a character",
    call: (d) => d.containerRename("web", { name: "\ud800" }),
    message: "ContainerRename: the option name must be",
  },
  {
    why: "text where JSON belongs",
    call: (d) => d.imageBuild({ buildargs: as("A=b") }),
    message: "ImageBuild: the option buildargs must be an object, not a string",
  },
  {
    why: "a login that is text",
    call: (d) => d.imageCreate({ fromImage: "a", "X-Registry-Auth": as("dXNlcg==") }),
    message: "ImageCreate: the option X-Registry-Auth must be an object",
  },
  {
    why: "a header with a newline",
    call: (d) => d.session({ "X-Docker-Expose-Session-Name": "a\r\nX-Evil: 1" }),
    message:
      "Session: the option X-Docker-Expose-Session-Name has a value that HTTP does not allow in a header",
  },
  {
    why: "a header of a call with a newline",
    call: (d) => d.systemInfo({ headers: { "X-Mine": "a\nb" } }),
    message: "SystemInfo: the header X-Mine has a value that HTTP does not allow (not shown",
  },
  {
    why: "a header of a call beyond Latin-1",
    call: (d) => d.systemInfo({ headers: { "X-Mine": "日" } }),
    message: "SystemInfo: the header X-Mine has a value that HTTP does not allow (not shown",
  },
  {
    why: "an invalid header name of a call",
    call: (d) => d.systemInfo({ headers: { "X Mine": "a" } }),
    message: "SystemInfo: the header number 1 has a name that HTTP does not allow (not shown",
  },
  {
    why: "a platform of one word",
    call: (d) => d.imageGet("a", "linux"),
    message: 'ImageGet: the platform "linux"',
  },
  {
    why: "a platform of too many words",
    call: (d) => d.imageGet("a", "linux/arm/v7/x"),
    message: 'ImageGet: the platform "linux/arm/v7/x"',
  },
  {
    why: "a platform without architecture",
    call: (d) => d.imageGet("a", as({ os: "linux" })),
    message: "ImageGet: the platform",
  },
  {
    why: "a platform that is a number",
    call: (d) => d.imageGet("a", as(5)),
    message: "ImageGet: the platform",
  },
  { why: "an empty platform", call: (d) => d.imageGet("a", ""), message: 'ImageGet: the platform ""' },
  {
    why: "a timeout of nothing",
    call: (d) => d.systemInfo({ timeout: 0 }),
    message: "SystemInfo: the option timeout must be a positive number of milliseconds",
  },
  {
    why: "a negative timeout",
    call: (d) => d.systemInfo({ timeout: -1 }),
    message: "SystemInfo: the option timeout must be",
  },
  {
    why: "a timeout that is not a number",
    call: (d) => d.systemInfo({ timeout: Number.NaN }),
    message: "SystemInfo: the option timeout must be",
  },
  {
    why: "a timeout longer than a timer can count",
    call: (d) => d.systemInfo({ timeout: 2 ** 31 }),
    message: "SystemInfo: the option timeout must be",
  },
])("$why is refused", async ({ call, message }) => {
  expect(await refusal(call)).toContain(message);
});
