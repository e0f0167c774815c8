import { until } from "../engine.js";

/**
 * Connections of this process that are in use; those kept for the next call do not count. Counted here, since a proxy
 * could not tell a connection that was closed from one that was half-closed.
 */
export const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === "PipeWrap" || kind === "TCPSocketWrap").length;

/** Has each test of the surrounding block checked for connections that it left behind. */
export function leavesNoConnection(): void {
  let before = 0;
  beforeEach(() => {
    before = openSockets();
  });
  afterEach(async () => {
    await until("no connection is left", () => openSockets() <= before);
  });
}
