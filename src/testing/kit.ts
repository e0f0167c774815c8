import { apiVersion, operations } from "#generated/operations.js";
import { type FakeEngine, type FakeEngineOptions, serveImages } from "./fake-engine.js";
import { MockEngine } from "./mock-engine.js";

// The kit's only module that exists once per API version: all others are given the version.
const api = { apiVersion, operations };

/**
 * An Engine of mocked answers, for unit tests. Operations are mocked by name, and the compiler checks parameters, statuses
 * and bodies. It answers inside this process: nothing is sent or patched, so nock and the like may be active too.
 *
 * @returns the engine; pass its `options` to `new Docker(options)`
 * @example
 * const engine = mockEngine();
 * engine.on("containerInspect", { id: "web" }).reply(404, { message: "No such container: web" });
 * const docker = new Docker(engine.options);
 * expect(await docker.containerInspect("web").result()).toMatchObject({ ok: false, status: 404 });
 * engine.done();
 */
export function mockEngine(): MockEngine {
  return new MockEngine(api);
}

/**
 * Starts a small real server on a temporary socket, for tests that need real connections and for trying the SDK without
 * Docker. It answers ping, image list, inspect and export like an Engine: images are found by name, digest or ID, a
 * single platform can be exported, and anything missing is a 404.
 *
 * @returns the running server; pass its `host` to `new Docker({ host })`
 * @throws {ArgumentError} an image has no name, a duplicate name or an invalid platform
 * @example
 * const fake = await startFakeEngine({ images: [{ name: "demo:latest", platforms: ["linux/amd64", "linux/arm64"] }] });
 * const docker = new Docker({ host: fake.host });
 * const tar = await docker.imageGet("demo:latest", "linux/arm64");
 */
export function startFakeEngine(options?: FakeEngineOptions): Promise<FakeEngine> {
  return serveImages(api, options);
}
