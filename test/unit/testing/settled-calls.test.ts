import { Readable } from "node:stream";
import {
  Call,
  Docker,
  EngineError,
  imageGet,
  isEngineError,
  LogStream,
  TarStream,
  TimeoutError,
} from "../../../src/index.js";
import { failure, success } from "../../../src/testing/index.js";

let docker: Docker;

beforeEach(() => {
  docker = new Docker();
});

afterEach(() => docker.close());

const tarOf = (bytes: Buffer) => new TarStream(Readable.from([bytes]), "ImageGet");

describe("success", () => {
  test("stands in for a call that returns JSON", async () => {
    jest.spyOn(docker, "containerInspect").mockReturnValue(success({ State: { Running: true } }));
    expect((await docker.containerInspect("web")).State.Running).toBe(true);
    // Any number of times.
    const call = docker.containerInspect("web");
    expect(call).toBeInstanceOf(Call);
    expect(await call.result()).toMatchObject({ ok: true, status: 200, data: { State: { Running: true } } });
    await expect(call.begun()).resolves.toBeUndefined();
  });

  test("stands in for a call without data", async () => {
    jest.spyOn(docker, "containerStart").mockReturnValue(success());
    expect(await docker.containerStart("web")).toBeUndefined();
    expect(await docker.containerStart("web").result()).toMatchObject({ ok: true, status: 204 });
  });

  test("stands in for one that streams", async () => {
    const logs = new LogStream(Readable.from([Buffer.from("hello")]), "ContainerLogs", "raw");
    jest.spyOn(docker, "containerLogs").mockReturnValue(success(logs));
    const seen = [];
    for await (const { data } of docker.containerLogs("web")) seen.push(data.toString());
    expect(seen).toEqual(["hello"]);
  });

  test("stands in for an export, in both forms", async () => {
    const bytes = Buffer.alloc(1024);
    jest.spyOn(docker, "imageGet").mockImplementation(() => success(tarOf(bytes)));
    expect(await (await docker.imageGet("alpine")).bytes()).toEqual(bytes);
    expect(await imageGet(docker, "alpine")).toMatchObject({ ok: true, kind: "archive", status: 200 });
  });
});

describe("failure", () => {
  test("is thrown when it is awaited, and a result otherwise", async () => {
    jest.spyOn(docker, "containerInspect").mockReturnValue(failure(404, "No such container: web"));
    const error = await docker.containerInspect("web").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineError);
    expect(isEngineError(error, 404) && error.message).toContain("No such container: web");
    const result = await docker.containerInspect("web").result();
    expect(result).toMatchObject({ ok: false, status: 404, error: { status: 404 } });
    await expect(docker.containerInspect("web").begun()).rejects.toThrow("No such container");
  });

  test("may be any error of the package", async () => {
    jest.spyOn(docker, "systemPing").mockReturnValue(failure(new TimeoutError("no answer")));
    await expect(docker.systemPing()).rejects.toThrow(TimeoutError);
    expect(await docker.systemPing().result()).toMatchObject({
      ok: false,
      error: { code: "ERR_DOCKER_TIMEOUT" },
    });
  });

  test("is an arm of an export", async () => {
    const spy = jest.spyOn(docker, "imageGet").mockReturnValue(failure(404, "no such image"));
    expect(await imageGet(docker, "alpine")).toMatchObject({
      kind: "errorResponse",
      status: 404,
      data: { message: "no such image" },
    });
    spy.mockReturnValue(failure(418, "a teapot"));
    expect(await imageGet(docker, "alpine")).toMatchObject({ kind: "failure", status: 418 });
  });

  test("that breaks a stream's call is thrown by its iteration", async () => {
    jest.spyOn(docker, "systemEvents").mockReturnValue(failure(500, "no events"));
    const iterate = async () => {
      for await (const event of docker.systemEvents()) expect(event).toBeUndefined();
    };
    await expect(iterate()).rejects.toThrow("no events");
  });

  test("that nobody awaits does no harm", async () => {
    const unhandled = jest.fn();
    process.on("unhandledRejection", unhandled);
    void failure(500, "unheard");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test("is what the workflows meet", async () => {
    jest.spyOn(docker, "containerCreate").mockReturnValue(failure(404, "No such image: nope"));
    jest.spyOn(docker, "imageCreate").mockReturnValue(failure(404, "pull access denied"));
    await expect(docker.run("nope", ["true"])).rejects.toMatchObject({ status: 404 });
  });
});
