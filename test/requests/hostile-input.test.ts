import { readdir } from "node:fs/promises";
import { type OperationId, operations } from "#generated/operations.js";
import { type Docker, isDockerError } from "../../src/index.js";
import { isQuick } from "../helpers/properties.js";
import { type TemporaryFolder, temporaryFolder } from "../helpers/temporary-folder.js";
import { useRecordingEngine } from "./recording-engine.js";

let docker: Docker;

useRecordingEngine((made) => {
  ({ docker } = made);
});

// "text" names a file too: that of `save` came to lie in the repository once.
const home = process.cwd();
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder();
  process.chdir(folder.path);
});
afterAll(async () => {
  process.chdir(home);
  const written = await readdir(folder.path);
  await folder.remove();
  expect(written).toEqual([]);
});

const throwing = (): never => {
  throw new Error("the caller's");
};

let deep: object = {};
for (let i = 0; i < 100_000; i += 1) deep = { deep };

/** What a program can pass by mistake, and what nobody would. Made anew: some of it can be used once only. */
const hostile: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  zero: () => 0,
  "a number": () => 1.48,
  NaN: () => Number.NaN,
  "a bigint": () => 5n,
  true: () => true,
  "a symbol": () => Symbol("s"),
  "empty text": () => "",
  text: () => "text",
  "half a character": () => "\ud800",
  "a function": () => throwing,
  "a function for text": () => ({ toString: throwing, valueOf: throwing }),
  "an empty array": () => [],
  "an array of nothing": () => [undefined, null],
  "an array of symbols": () => [Symbol("s")],
  "an object": () => ({}),
  "an object of an object": () => ({ a: { b: 1n } }),
  "an object without a prototype": () => Object.create(null),
  "a Map": () => new Map([["a", 1]]),
  "a Headers": () => new Headers({ a: "1" }),
  "an iterator that throws": () => ({ [Symbol.iterator]: throwing }),
  "a class that throws": () =>
    Object.create({
      get constructor() {
        return throwing();
      },
    }),
  "an invalid Date": () => new Date("x"),
  "a rejected promise": () => {
    const rejected = Promise.reject(new Error("the caller's"));
    rejected.catch(() => undefined);
    return rejected;
  },
  "a cycle": () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    return cycle;
  },
  "deep nesting": () => deep,
  "a getter that throws": () =>
    Object.defineProperty({}, "signal", { get: throwing, enumerable: true, configurable: true }),
  "a proxy that throws": () =>
    new Proxy(
      {},
      {
        get: throwing,
        has: throwing,
        ownKeys: throwing,
        getPrototypeOf: throwing,
        getOwnPropertyDescriptor: throwing,
      },
    ),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "a proxy of a function": () => new Proxy(throwing, { get: throwing }),
  "a proxy of an array": () => new Proxy([], { get: throwing }),
};

type AnyMethod = (...args: unknown[]) => unknown;

const workflows: Readonly<Record<string, { args: () => unknown[]; options: readonly string[] }>> = {
  run: {
    args: () => ["a", ["b"]],
    options: [
      ...[
        "auth",
        "create",
        "env",
        "name",
        "onProgress",
        "platform",
        "pull",
        "remove",
        "signal",
        "stderr",
        "stdin",
      ],
      ...["stdout", "timeout", "tty", "user", "workingDir"],
    ],
  },
  exec: {
    args: () => ["a", ["b"]],
    options: [
      "env",
      "privileged",
      "signal",
      "stderr",
      "stdin",
      "stdout",
      "timeout",
      "tty",
      "user",
      "workingDir",
    ],
  },
  pull: { args: () => ["a"], options: ["auth", "onProgress", "platform", "signal", "timeout"] },
  push: { args: () => ["a"], options: ["auth", "onProgress", "platform", "signal", "timeout"] },
  save: { args: () => ["a", "/nonexistent/a.tar"], options: ["onProgress", "platform", "signal", "timeout"] },
  load: { args: () => [Buffer.from("")], options: ["onProgress", "platform", "signal", "timeout"] },
  build: {
    args: () => [Buffer.from("")],
    options: [
      "buildargs",
      "dockerfile",
      "labels",
      "onProgress",
      "platform",
      "signal",
      "t",
      "timeout",
      "X-Registry-Config",
    ],
  },
  copyIn: {
    args: () => ["a", Buffer.from(""), "/b"],
    options: ["archive", "followLink", "signal", "timeout"],
  },
  copyOut: { args: () => ["a", "/b", "/nonexistent/c"], options: ["followLink", "signal", "timeout"] },
  events: {
    args: () => [],
    options: ["filters", "onConnected", "onDisconnected", "signal", "since", "until"],
  },
  waitUntilHealthy: { args: () => ["a"], options: ["signal", "timeout"] },
};

/** Calls a method; gives its error unless that is a DockerError. Answers are read to the end or released. */
async function foreignError(name: string, args: unknown[]): Promise<unknown> {
  const method = (docker as unknown as Record<string, AnyMethod>)[name]?.bind(docker) as AnyMethod;
  try {
    const outcome = method(...args);
    if (name === "events") {
      await (outcome as AsyncGenerator).next();
      await (outcome as AsyncGenerator).return(undefined);
    } else {
      const data = (await outcome) as { cancel?: () => void; close?: () => void } | undefined;
      data?.cancel?.();
      data?.close?.();
    }
    return undefined;
  } catch (error) {
    return isDockerError(error) ? undefined : error;
  }
}

/** Of the values, `npm test` tries one in so many in each place, others in the next; `npm run fuzz` tries all. */
const SHARE = isQuick ? 6 : 1;

/** The failures of a method with hostile values in each of its places. */
async function failuresOf(
  name: string,
  places: readonly ((value: unknown) => unknown[])[],
): Promise<string[]> {
  const failures: string[] = [];
  for (const [index, place] of places.entries()) {
    const tried = Object.entries(hostile).filter(
      (_, value) => value % SHARE === (index + name.length) % SHARE,
    );
    for (const [what, make] of tried) {
      const error = await foreignError(name, place(make()));
      if (error !== undefined)
        failures.push(`${what} at ${index}: ${String((error as Error).stack ?? error)}`);
    }
  }
  return failures;
}

const valid: Readonly<Record<string, unknown>> = {
  ...{
    path: "/",
    h: 1,
    w: 1,
    name: "n",
    repo: "r",
    version: 1,
    remote: "r",
    timeout: 1,
    container: "a",
    term: "t",
  },
};

describe.each(Object.keys(operations) as OperationId[])("%s", (id) => {
  const operation = operations[id];
  const name = `${id.charAt(0).toLowerCase()}${id.slice(1)}`;
  const required: readonly string[] = operation.required;
  const paths = [...operation.path.matchAll(/\{(\w+)\}/g)].map(() => "a");
  const isJson = "body" in operation && operation.body === "application/json";
  const list = "bodyIsList" in operation;
  const body = required.includes("body") ? [isJson ? (list ? [] : {}) : Buffer.from("")] : [];
  const options = Object.fromEntries(required.filter((key) => key in valid).map((key) => [key, valid[key]]));
  const hasOptions = Object.keys(operation.query).length + Object.keys(operation.headers).length > 0;
  const takesOptions = id !== "ImageGet" && (hasOptions || ("body" in operation && body.length === 0));
  const sound = [...paths, ...body, ...(takesOptions || id === "ImageGet" ? [options] : [])];
  const request = ["signal", "timeout", "idleTimeout", "headers"];
  const known = takesOptions
    ? [...Object.keys(operation.query), ...Object.keys(operation.headers), "body"]
    : [];

  const places = [
    ...sound.map((_, at) => (value: unknown) => [...sound.slice(0, at), value, ...sound.slice(at + 1)]),
    ...known.map((key) => (value: unknown) => [...sound.slice(0, -1), { ...options, [key]: value }]),
    (value: unknown) => [...sound, value],
    ...request.map((key) => (value: unknown) => [
      ...(id === "ImageGet" ? [...paths, undefined] : sound),
      { [key]: value },
    ]),
  ];

  test("answers hostile input with DockerErrors only", async () => {
    expect(await failuresOf(name, places)).toEqual([]);
  });
});

describe.each(Object.entries(workflows))("%s", (name, { args, options }) => {
  const places = [
    ...args().map((_, at) => (value: unknown) => args().with(at, value)),
    (value: unknown) => [...args(), value],
    // What a callback throws is the caller's, and stays as it is.
    ...options.map((key) => (value: unknown) => [
      ...args(),
      { [key]: key.startsWith("on") && typeof value === "function" ? () => undefined : value },
    ]),
  ];

  test("answers hostile input with DockerErrors only", async () => {
    expect(await failuresOf(name, places)).toEqual([]);
  });
});
