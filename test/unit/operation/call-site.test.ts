import { Docker, imageGet } from "../../../src/index.js";

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
