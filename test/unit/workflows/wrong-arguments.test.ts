import { ArgumentError, Docker, imageGet } from "../../../src/index.js";

const connect = jest.fn(() => Promise.reject(new Error("nothing may be sent")));
const docker = new Docker({ connect });

afterAll(() => docker.close());

const tar = Buffer.from("tar");
const notBytes = "must be a path, a Uint8Array or a stream, not";
const noContext = "must be a path, a Uint8Array, a stream or a list of files, not";
const none = undefined as never;

const callback = (() => undefined) as never;

/** Calls a workflow as dockerode is called, with a callback in place of its options. */
function callBack(name: string): Promise<unknown> {
  const call = (...args: unknown[]): Promise<unknown> =>
    (docker as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[name]?.(...args) as never;
  const { [name]: before = ["alpine"] } = {
    ...{ build: [tar], load: [tar], save: ["alpine", "x.tar"] },
    ...{ run: ["alpine", ["true"]], exec: ["web", ["true"]], copyIn: ["web", tar, "/"] },
  } as Record<string, unknown[]>;
  return call(...before, callback);
}

test.each<{ call: string; make: () => Promise<unknown>; says: string }>([
  {
    call: "copyIn without a source",
    make: () => docker.copyIn("box", none, "/"),
    says: `copyIn: the source ${notBytes} undefined`,
  },
  {
    call: "copyIn without a path",
    make: () => docker.copyIn("box", tar, none),
    says: "copyIn: the path in the container must be a string, not undefined",
  },
  {
    call: "copyOut without a path",
    make: () => docker.copyOut("box", none, "x"),
    says: "copyOut: the path in the container must be a string, not undefined",
  },
  {
    call: "build without a context",
    make: () => docker.build(none),
    says: `build: the context ${noContext} undefined`,
  },
  {
    call: "build of dockerode's context",
    make: () => docker.build({ context: ".", src: ["Dockerfile"] } as never),
    says: `build: the context ${noContext} an object; write docker.build(".", options) and exclude files`,
  },
  { call: "load of nothing", make: () => docker.load(none), says: `load: the source ${notBytes} undefined` },
  {
    call: "run with dockerode's stream for output",
    make: () => docker.run("box", ["true"], process.stdout as never),
    says: "run: the options must be an object, not a stream; write { stdout, stderr } with a stream each",
  },
  {
    call: "run with dockerode's two streams for output",
    make: () => docker.run("box", ["true"], [process.stdout, process.stderr] as never),
    says: "run: the options must be an object, not a stream; write { stdout, stderr } with a stream each",
  },
  ...["pull", "push", "build", "load", "save", "run", "exec", "copyIn"].map((name) => ({
    call: `${name} with a callback`,
    make: () => callBack(name),
    says: `${name}: the options must be an object, not a function; await the call instead of passing a callback`,
  })),
  {
    call: "an operation with a callback for options",
    make: () => docker.containerInspect("web", callback),
    says: "ContainerInspect: the options must be an object, not a function; await the call instead of",
  },
  {
    call: "an operation with a callback after its options",
    make: () => docker.containerList({ all: true }, callback),
    says: "ContainerList: the options must be an object, not a function; await the call instead of",
  },
  {
    call: "an operation with a callback for a body",
    make: () => docker.containerCreate(callback),
    says: "ContainerCreate: the body must be an object, not a function; await the call instead of",
  },
  {
    call: "run with detach",
    make: () => docker.run("box", ["true"], { detach: true } as never),
    says: "run: the option detach is unknown; use launch with attach: false",
  },
  {
    call: "exec with detach",
    make: () => docker.exec("box", ["true"], { Detach: true } as never),
    says: "exec: the option Detach is unknown; use containerExec, and execStart with { body: { Detach: true } }",
  },
  {
    call: "an export to a web stream",
    make: () => docker.imageGet("alpine", new WritableStream() as never),
    says: "not a stream",
  },
  ...["followProgress", "callback"].map((name) => ({
    call: `load with ${name}`,
    make: () => docker.load(tar, { [name]: () => undefined } as never),
    says: `load: the option ${name} is unknown; write onProgress instead`,
  })),
  {
    call: "pull with a login of other names",
    make: () => docker.pull("alpine", { auth: { user: "me" } as never }),
    says: "pull: the option auth: the option user is unknown. Known options: username, password",
  },
  {
    call: "push with text as a login",
    make: () => docker.push("alpine", { auth: "secret" as never }),
    says: "push: the option auth must be an object such as { username, password }, not a string",
  },
  {
    call: "imageGet without a client",
    make: () => imageGet("alpine" as never, "linux/amd64"),
    says: 'imageGet: the first argument must be a Docker, not "alpine"',
  },
])("$call is refused before anything is sent: $says", async ({ make, says }) => {
  const error = await make().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toContain(says);
  expect(connect).not.toHaveBeenCalled();
});
