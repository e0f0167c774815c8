import { operations } from "#generated/operations.js";
import { Docker, until } from "../../src/index.js";
import { equivalentsOf } from "../../src/operation/prepare/equivalents.js";
import { CONTAINER_EQUIVALENTS } from "../../src/workflows/containers/new-container.js";
import { HANDLE_EQUIVALENTS, PROCESS_EQUIVALENTS } from "../../src/workflows/containers/process-options.js";
import { EQUIVALENTS } from "../../src/workflows/images/build-equivalents.js";
import { REGISTRY_EQUIVALENTS } from "../../src/workflows/images/pull.js";
import { EXEC_EQUIVALENTS, HTTP_EQUIVALENTS } from "../../src/workflows/readiness/condition-rules.js";

/** Other clients' names of options, of whatever call. */
const names = Object.keys({
  ...CONTAINER_EQUIVALENTS,
  ...PROCESS_EQUIVALENTS,
  ...HANDLE_EQUIVALENTS,
  ...EQUIVALENTS,
  ...REGISTRY_EQUIVALENTS,
  ...EXEC_EQUIVALENTS,
  ...HTTP_EQUIVALENTS,
  ...{ filter: 0, followProgress: 0, callback: 0, abortSignal: 0, Privileged: 0, detach: 0, Detach: 0 },
});

const docker = new Docker({ connect: () => Promise.reject(new Error("nothing may be sent")) });
afterAll(() => docker.close());

type Call = (options: never) => unknown;

const calls: Readonly<Record<string, Call>> = {
  run: (options) => docker.run("a", ["b"], options),
  launch: (options) => docker.launch("a", ["b"], options),
  exec: (options) => docker.exec("a", ["b"], options),
  spawn: (options) => docker.spawn("a", ["b"], options),
  pull: (options) => docker.pull("a", options),
  push: (options) => docker.push("a", options),
  load: (options) => docker.load(Buffer.of(), options),
  save: (options) => docker.save("a", "b", options),
  build: (options) => docker.build(Buffer.of(), options),
  copyIn: (options) => docker.copyIn("a", Buffer.of(), "/", options),
  events: (options) => docker.events(options).next(),
  "until.exec": (options) => until.exec(["a"], options),
  "until.http": (options) => until.http("/", options),
};

const refusal = async (call: Call, name: string): Promise<string> => {
  const refused = (async () => call({ [name]: 1 } as never))();
  return refused.then(
    () => "",
    (error: Error) => error.message,
  );
};

test.each(Object.entries(calls))("%s: advice names only options that it has", async (_, call) => {
  const [, list = ""] = /Known options: (.*)/.exec(await refusal(call, "no such option")) ?? [];
  const known = list.split(", ");
  expect(known.length).toBeGreaterThan(1);
  const wrong: string[] = [];
  for (const name of names.filter((one) => !known.includes(one))) {
    const message = await refusal(call, name);
    const [advice = "", option = ""] = /write "?([\w-]+)"?(?=[: ,])/.exec(message) ?? [];
    if (advice && option !== "new" && !known.includes(option)) wrong.push(message);
  }
  expect(wrong).toEqual([]);
});

describe("advice that fits only some operations", () => {
  const all = Object.values(operations);
  const with_ = (name: string, words: string): string[] =>
    all
      .filter((operation) => {
        const equivalent = equivalentsOf(operation)[name];
        return typeof equivalent === "object" && equivalent.advice.includes(words);
      })
      .map(({ id }) => id);
  const ofKinds = (...kinds: string[]): string[] =>
    all.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);

  test.each(["hijack", "openStdin"])("%s is for those with a two-way connection", (name) => {
    expect(with_(name, "two-way connection")).toEqual(ofKinds("hijack", "websocket"));
  });

  test.each(["followProgress", "onProgress", "callback"])("%s is for those with messages", (name) => {
    expect(with_(name, "for await")).toEqual(ofKinds("progress", "json-lines"));
  });

  test("_body is for those with a body", () => {
    expect(with_("_body", "pass the body")).toEqual(all.filter((one) => "body" in one).map(({ id }) => id));
  });
});
