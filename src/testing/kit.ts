import { apiVersion, operations } from "#generated/operations.js";
import { FakeEngine, type FakeEngineOptions } from "./fake/fake-engine.js";
import { MockEngine } from "./mock-engine.js";

// The kit's only module that exists once per API version: all others receive the version.
const api = { apiVersion, operations };

/**
 * An Engine with mocked answers, for unit tests. Operations are mocked by name, and the compiler checks parameters, statuses
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
 * Starts a fake Engine on a temporary socket, for tests of code that runs containers, without Docker. It keeps images,
 * containers, networks and volumes in memory, reports events, pulls and builds; `processes` scripts the programs in its
 * containers. It refuses unknown requests with 501. `on` changes the answer to a call: failures, delays, broken connections.
 *
 * @param options its images, and the processes in the containers of each image
 * @returns the running server; pass its `host` to `new Docker({ host })`
 * @throws {ArgumentError} an image has no name, a duplicate name or an invalid platform; an invalid process
 * @example
 * const fake = await startFakeEngine({
 *   processes: {
 *     "alpine:3.20": [
 *       { command: "echo hello", output: "hello\n" },
 *       { command: /^sleep/, duration: Infinity },
 *       async ({ args, stdin, stdout }) => {
 *         for await (const chunk of stdin) stdout.write(chunk);
 *         return args.includes("--fail") ? 1 : 0;
 *       },
 *     ],
 *   },
 * });
 * const docker = new Docker({ host: fake.host });
 * const { stdout } = await docker.run("alpine:3.20", ["echo", "hello"]);
 * fake.on("containerStart").reply(500, { message: "no space left on device" });
 */
export function startFakeEngine(options?: FakeEngineOptions): Promise<FakeEngine> {
  return FakeEngine.start(api, options);
}
