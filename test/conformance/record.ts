/**
 * Set up before each file of engine tests: all that its clients exchange with real Engines is recorded. Processes that tests
 * start are not.
 */
import type * as Clients from "../../src/docker.js";
import { FOLDER, writeExchanges } from "./exchange.js";
import { Recording } from "./recording.js";

const { DOCKER_HOST, DOCKER_HOST_OVERLAY2 } = process.env;
const engines = new Map([
  [DOCKER_HOST, "containerd"],
  [DOCKER_HOST_OVERLAY2, "overlay2"],
]);
// Jest lets a mock's factory see only names that begin so.
const mockRecording = new Recording(() => expect.getState().currentTestName ?? "");
const mockEngineAt = (host: string | undefined): string | undefined =>
  host === undefined ? undefined : engines.get(host);

jest.mock("../../src/docker.js", () => {
  const real = jest.requireActual<typeof Clients>("../../src/docker.js");
  class Docker extends real.Docker {
    constructor(options?: ConstructorParameters<typeof real.Docker>[0]) {
      super(options);
      const { host, env = process.env } = options ?? {};
      this.use(mockRecording.hook(mockEngineAt(host ?? env.DOCKER_HOST)));
    }
  }
  return { ...real, Docker };
});

afterAll(() => {
  const folder = process.env[FOLDER];
  if (!folder) throw new Error(`${FOLDER} is not set: test/conformance/global-setup.cjs did not run`);
  const file = expect.getState().testPath?.replace(/\W+/g, "-") ?? "unknown";
  writeExchanges(folder, file, mockRecording.exchanges);
});
