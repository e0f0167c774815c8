import { AbortedError, Docker, imageGet } from "../../../src/index.js";
import { CallSite } from "../../../src/operation/index.js";

const docker = () => new Docker({ host: "unix:///no/such.sock", env: {} });

/** The first frame of an error's stack. */
const firstFrame = (error: unknown): string => (error as Error).stack?.split("\n    at ")[1] ?? "";

test.each<[string, (docker: Docker) => Promise<unknown>]>([
  ["an operation that is awaited", async (client) => client.containerStart("web")],
  ["an operation's result()", async (client) => throwing(await client.systemInfo().result())],
  ["an operation with an argument that cannot be sent", async (client) => client.containerStart("")],
  ["an export", async (client) => client.imageGet("alpine")],
  ["an export's result()", async (client) => throwing(await client.imageGet("alpine").result())],
  ["the function imageGet", async (client) => throwing(await imageGet(client, "alpine"))],
  ["events()", async (client) => client.events().next()],
  ["events() with a wrong option", async (client) => client.events({ filter: {} } as never).next()],
  ["a workflow", async (client) => client.pull("alpine")],
  ["a workflow with an argument that cannot be sent", async (client) => client.run("alpine", "ls" as never)],
])("the stack of %s begins at the caller's line", async (_, call) => {
  await using client = docker();
  const error = (await call(client).catch((caught) => caught)) as Error;
  expect(firstFrame(error)).toContain(__filename);
  expect(error.stack).toContain(`${error.name}: ${error.message}`);
});

function throwing(result: { readonly ok: boolean; readonly error?: Error }): never {
  throw result.error;
}

test("an error of the caller's own keeps its stack, and may be frozen", async () => {
  await using client = docker();
  const own = Object.freeze(new TypeError("mine"));
  const { stack } = own;
  client.use({
    onRequest: () => {
      throw own;
    },
  });
  expect(await client.systemInfo().catch((error) => error)).toBe(own);
  expect(own.stack).toBe(stack);
});

test("stacks that a program makes into something else break no call", async () => {
  await using client = docker();
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, frames) => frames;
  try {
    expect(await client.systemInfo().result()).toMatchObject({ error: { code: "ERR_DOCKER_CONNECTION" } });
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
});

test.each<[string, () => unknown]>([
  ["new Docker()", () => new Docker({ socketPath: "/x" } as never)],
  ["use()", () => docker().use({} as never)],
])("the stack of an error of %s begins at the caller's line", (_, call) => {
  let caught: unknown;
  try {
    call();
  } catch (error) {
    caught = error;
  }
  expect(firstFrame(caught)).toContain(__filename);
});

test("a stack without the method's own frame, as on Bun, loses no other", () => {
  const site = (function userFunction() {
    return new CallSite(CallSite, "ContainerInspect");
  })();
  const error = new AbortedError("x");
  site.claim(error);
  expect(firstFrame(error)).toContain("userFunction");
});
