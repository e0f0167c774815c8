/** What an editor shows: hovers, completions, and the compiler's messages for typical mistakes. */
import { Editor } from "../helpers/editor.js";

const HEAD = `import { Docker, imageGet, type ServiceSpec } from "../../src/index.js";
declare const docker: Docker;
`;
const editor = new Editor(HEAD);

/** Messages longer than this wrap, in an editor's tooltip and on a terminal. */
const LINE = 160;

describe("a hover on a method is one line of names, and our words", () => {
  test.each([
    {
      code: "docker.containerList",
      shown:
        "containerList(options?: ContainerListOptions, request?: RequestOptions): Call<ContainerSummary[]>",
    },
    {
      code: "docker.containerCreate",
      shown:
        "containerCreate(body: ContainerCreateRequest, options?: ContainerCreateOptions, request?: RequestOptions): Call<ContainerCreateResponse>",
    },
    {
      code: "docker.containerInspect",
      shown:
        "containerInspect(id: string, options?: ContainerInspectOptions, request?: RequestOptions): Call<ContainerInspectResponse>",
    },
    {
      code: "docker.containerLogs",
      shown:
        "containerLogs(id: string, options?: ContainerLogsOptions, request?: RequestOptions): StreamCall<LogStream, LogChunk>",
    },
    {
      code: "docker.systemEvents",
      shown:
        "systemEvents(options?: SystemEventsOptions, request?: RequestOptions): StreamCall<JsonStream<EventMessage>, EventMessage>",
    },
    {
      code: 'docker.containerStats("web", { stream: false }).then',
      at: "containerStats",
      shown:
        "containerStats(id: string, options: ContainerStatsSingleOptions, request?: RequestOptions): Call<ContainerStatsResponse> (+1 overload)",
    },
    {
      code: "docker.putContainerArchive",
      shown:
        "putContainerArchive(id: string, body: BinaryBody, options: PutContainerArchiveOptions, request?: RequestOptions): Call<void>",
    },
    {
      code: "docker.serviceCreate",
      shown:
        "serviceCreate(body: ServiceSpec, options?: ServiceCreateOptions, request?: RequestOptions): Call<ServiceCreateResponse>",
    },
    {
      code: "docker.imageGet",
      shown:
        "imageGet(name: string, platform?: RequestedPlatform | string, request?: RequestOptions): ImageGetCall",
    },
    {
      code: "docker.run",
      shown: "run(image: string, cmd?: readonly string[], options?: RunOptions): Promise<RunResult>",
    },
    {
      code: "docker.exec",
      shown: "exec(container: string, cmd: readonly string[], options?: ExecOptions): Promise<ExecResult>",
    },
  ])("$shown", ({ code, at, shown }) => {
    const hover = editor.hover(code, at);
    expect(hover.shown.replace(/^\(method\) (Client|Docker)\./, "")).toBe(shown);
    expect(hover.words).toMatch(/^[A-Z].*\./);
    const tags = hover.tags.map(([name]) => name);
    expect(tags).toEqual(expect.arrayContaining(["param", "throws", "example", "see"]));
    expect(hover.tags.filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  test("whichever method it is", () => {
    const methods = editor.completions("docker.").filter((name) => !/^(constructor|use|close)$/.test(name));
    expect(methods.length).toBeGreaterThan(110);
    const code = methods.map((name) => `docker.${name};\n`).join("");
    const bad = methods
      .map((name) => editor.hover(code, `${name};`).shown)
      .filter((shown) => shown.includes("{") || shown.includes("\n") || shown.length > 240);
    expect(bad).toEqual([]);
  });
});

describe("a hover on a field says its type by name, and what it means", () => {
  test.each([
    {
      code: 'docker.containerInspect("web").then(({ State }) => State)',
      at: "State }",
      shown: "State: ContainerState",
      words: "State of the main process.",
    },
    {
      code: "docker.containerList({ all: true })",
      at: "all",
      shown: "(property) ContainerListOptions.all?: boolean | undefined",
      words: /stopped/,
    },
    {
      code: "docker.containerCreate({ HostConfig: { PortBindings: {} } })",
      at: "PortBindings",
      shown: "(property) HostConfig.PortBindings?: PortMapInput | null | undefined",
      words: /port/i,
    },
    {
      code: "docker.serviceCreate({ TaskTemplate: { ContainerSpec: {} } })",
      at: "ContainerSpec",
      shown: "(property) TaskSpec.ContainerSpec?: ContainerSpec | undefined",
      words: "Container to run.",
    },
    {
      code: "docker.imageBuild({ buildargs: {} })",
      at: "buildargs",
      shown: "(property) ImageBuildOptions.buildargs?: Record<string, string | null> | undefined",
      words: /Dockerfile|variables|arguments/i,
    },
    {
      code: 'docker.run("alpine", [], { stdin: "" })',
      at: "stdin",
      shown: "(property) RunOptions.stdin?: Input | undefined",
      words: /stdin|input/i,
    },
  ])("$shown", ({ code, at, shown, words }) => {
    const hover = editor.hover(code, at);
    expect(hover.shown).toContain(shown);
    expect(hover.words).toMatch(words);
  });

  test("and no field of a schema or of options is an object without a name", () => {
    const fields = ["generated/schema.ts", "generated/options.ts"].flatMap((file) => editor.fieldsOf(file));
    expect(fields.length).toBeGreaterThan(1000);
    // `string & {}` keeps a set of values open.
    const structural = fields.filter(([, type]) => type.replaceAll("(string & {})", "").includes("{"));
    expect(structural).toEqual([]);
  });
});

describe("completion offers", () => {
  test.each([
    {
      title: "operations",
      code: "docker.containerS",
      offered: ["containerStart", "containerStats", "containerStop"],
    },
    { title: "options", code: "docker.containerStop('web', { ", offered: ["signal", "t"] },
    {
      title: "fields of a body",
      code: "docker.containerCreate({ ",
      offered: ["Cmd", "Env", "HostConfig", "Image"],
    },
    {
      title: "fields at any depth",
      code: "docker.serviceCreate({ TaskTemplate: { ContainerSpec: { ",
      offered: ["Args", "Image", "Secrets"],
    },
    {
      title: "known values",
      code: 'docker.containerWait("web", { condition: "',
      offered: ["next-exit", "not-running", "removed"],
    },
    {
      title: "filters",
      code: "docker.containerList({ filters: { ",
      offered: ["ancestor", "label", "status"],
    },
    {
      title: "values of filters",
      code: 'docker.containerList({ filters: { status: ["',
      offered: ["exited", "running"],
    },
    {
      title: "options of a workflow",
      code: "docker.pull('alpine', { ",
      offered: ["auth", "onProgress", "platform", "signal", "timeout"],
    },
    {
      title: "the limits of a call",
      code: "docker.containerStart('web', {}, { ",
      offered: ["headers", "idleTimeout", "signal", "timeout"],
    },
    {
      title: "what a call can do besides being awaited",
      code: "docker.containerList().",
      offered: ["begun", "result", "then"],
    },
    {
      title: "what a stream can do",
      code: "(await docker.containerLogs('web')).",
      offered: ["cancel", "lines", "stderr", "stdout", "text", "toNode"],
    },
  ])("$title", ({ code, offered }) => {
    expect(editor.completions(code)).toEqual(expect.arrayContaining(offered));
  });
});

describe("a mistake gets a message of one line that says what is wrong", () => {
  test.each([
    {
      title: "an option that does not exist",
      code: 'docker.containerStop("web", { timeout: 10 });',
      message:
        "Object literal may only specify known properties, and 'timeout' does not exist in type 'ContainerStopOptions'.",
    },
    {
      title: "a misspelt option",
      code: 'docker.containerStart("web", {}, { singal: AbortSignal.timeout(5) });',
      message:
        "Object literal may only specify known properties, but 'singal' does not exist in type 'RequestOptions'. Did you mean to write 'signal'?",
    },
    {
      title: "an option of the wrong type",
      code: 'docker.containerStop("web", { t: "10" });',
      message: "Type 'string' is not assignable to type 'number'.",
    },
    {
      title: "a name of dockerode's",
      code: "docker.listContainers();",
      message: "Property 'listContainers' does not exist on type 'Docker'.",
    },
    {
      title: "a method of dockerode's on an answer",
      code: 'const container = await docker.containerCreate({ Image: "alpine" });\ncontainer.start();',
      message: "Property 'start' does not exist on type 'ContainerCreateResponse'.",
    },
    {
      title: "an option of dockerode's",
      code: 'new Docker({ socketPath: "/var/run/docker.sock" });',
      message:
        "Object literal may only specify known properties, and 'socketPath' does not exist in type 'DockerOptions'.",
    },
    {
      title: "a body without a field it must have",
      code: 'docker.networkCreate({ Driver: "bridge" });',
      message:
        "Argument of type '{ Driver: string; }' is not assignable to parameter of type 'NetworkCreateRequest'.",
      more: "Property 'Name' is missing in type '{ Driver: string; }' but required in type 'NetworkCreateRequest'.",
    },
    {
      title: "the name of a container in its body",
      code: 'docker.containerCreate({ Image: "alpine", name: "web" });',
      message:
        "Object literal may only specify known properties, and 'name' does not exist in type 'ContainerCreateRequest'.",
    },
    {
      title: "a misspelt field deep in a body",
      code: 'docker.serviceCreate({ TaskTemplate: { ContainerSpec: { Imag: "nginx" } } });',
      message:
        "Object literal may only specify known properties, but 'Imag' does not exist in type 'ContainerSpec'. Did you mean to write 'Image'?",
    },
    {
      title: "a number where the Engine reads text",
      code: 'docker.containerCreate({ HostConfig: { PortBindings: { "80/tcp": [{ HostPort: 8080 }] } } });',
      message: "Type 'number' is not assignable to type 'string'.",
    },
    {
      title: "text where the Engine reads a number",
      code: 'docker.containerCreate({ HostConfig: { Memory: "1g" } });',
      message: "Type 'string' is not assignable to type 'number'.",
    },
    {
      title: "a call that is not awaited",
      code: "docker.containerList().length;",
      message: "Property 'length' does not exist on type 'Call<ContainerSummary[]>'.",
      hint: "Did you forget to use 'await'?",
    },
    {
      title: "a call that is not awaited, given to something else",
      code: "const name: string = docker.systemPing();",
      message: "Type 'Call<string>' is not assignable to type 'string'.",
    },
    {
      title: "data of a result that may be a failure",
      code: 'const result = await docker.containerInspect("web").result();\nresult.data;',
      message: "Property 'data' does not exist on type 'Result<ContainerInspectResponse>'.",
    },
    {
      title: "a field of an event in the wrong case",
      code: "for await (const event of docker.systemEvents()) event.action;",
      message: "Property 'action' does not exist on type 'EventMessage'. Did you mean 'Action'?",
    },
    {
      title: "a field that may be missing",
      code: 'const { State } = await docker.containerInspect("web");\nState.Health.Status;',
      message: "'State.Health' is possibly 'undefined'.",
    },
    {
      title: "an operation that does not exist",
      code: 'docker.containerFly("web");',
      message: "Property 'containerFly' does not exist on type 'Docker'.",
    },
    {
      title: "a missing argument",
      code: "docker.containerInspect();",
      message: "Expected 1-3 arguments, but got 0.",
      hint: "An argument for 'id' was not provided.",
    },
    {
      title: "missing options that are required",
      code: 'docker.containerArchive("web");',
      message: "Expected 2-3 arguments, but got 1.",
      hint: "An argument for 'options' was not provided.",
    },
    {
      title: "a filter that is not a list",
      code: 'docker.imageList({ filters: { reference: "alpine" } });',
      message: "Type 'string' is not assignable to type 'string[]'.",
    },
    {
      title: "text where bytes belong",
      code: 'docker.putContainerArchive("web", "text", { path: "/" });',
      message: "Argument of type 'string' is not assignable to parameter of type 'BinaryBody'.",
    },
    {
      title: "a command that is not a list",
      code: 'docker.exec("web", "ls -l");',
      message: "Argument of type 'string' is not assignable to parameter of type 'readonly string[]'.",
    },
    {
      title: "a Node stream where the SDK has its own",
      code: 'docker.containerLogs("web").pipe(process.stdout);',
      message: "Property 'pipe' does not exist on type 'StreamCall<LogStream, LogChunk>'.",
    },
  ])("$title: $message", ({ code, message, more, hint }) => {
    const [problem, ...others] = editor.problems(code);
    expect(others).toEqual([]);
    expect(problem?.lines).toEqual([message, ...(more ? [more] : (problem?.lines.slice(1) ?? []))]);
    expect(message.length).toBeLessThanOrEqual(LINE);
    if (hint) expect(problem?.hints).toContain(hint);
  });

  test("and what is right gets none", () => {
    expect(
      editor.problems(`const spec: ServiceSpec = { TaskTemplate: { ContainerSpec: { Image: "nginx" } } };
const { ID } = await docker.serviceCreate(spec);
const result = await imageGet(docker, ID ?? "alpine");
if (result.ok) await result.data.toFile("alpine.tar");`),
    ).toEqual([]);
  });
});
