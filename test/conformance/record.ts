/**
 * Set up before each file of engine tests: all that its clients exchange with real Engines is recorded, in the
 * transport, where upgraded connections and streams are what they are without. Processes that tests start are not.
 */
import type * as Exchanges from "../../src/transport/exchange.js";
import type * as Upgrades from "../../src/transport/upgrade.js";
import type * as WebSockets from "../../src/transport/websocket.js";
import { FOLDER, writeExchanges } from "./exchange.js";
import { Recording } from "./recording.js";

const { DOCKER_HOST, DOCKER_HOST_OVERLAY2 } = process.env;
const engines = new Map([
  [DOCKER_HOST?.replace("unix://", ""), "containerd"],
  [DOCKER_HOST_OVERLAY2?.replace("unix://", ""), "overlay2"],
]);
// Jest lets a mock's factory see only names that begin so.
const mockRecording = new Recording(
  (socket) => engines.get(socket),
  () => expect.getState().currentTestName ?? "",
);

jest.mock("../../src/transport/exchange.js", () => {
  const real = jest.requireActual<typeof Exchanges>("../../src/transport/exchange.js");
  return { ...real, exchange: mockRecording.of(real.exchange) };
});
jest.mock("../../src/transport/upgrade.js", () => {
  const real = jest.requireActual<typeof Upgrades>("../../src/transport/upgrade.js");
  return { ...real, upgrade: mockRecording.of(real.upgrade) };
});
jest.mock("../../src/transport/websocket.js", () => {
  const real = jest.requireActual<typeof WebSockets>("../../src/transport/websocket.js");
  return { ...real, websocket: mockRecording.of(real.websocket) };
});

afterAll(() => {
  const folder = process.env[FOLDER];
  if (!folder) throw new Error(`${FOLDER} is not set: test/conformance/global-setup.cjs did not run`);
  const file = expect.getState().testPath?.replace(/\W+/g, "-") ?? "unknown";
  writeExchanges(folder, file, mockRecording.exchanges);
});
