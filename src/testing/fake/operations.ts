import { archiveOperations } from "./calls/archives.js";
import { buildOperations } from "./calls/builds.js";
import type { FakeOperation } from "./calls/call.js";
import { containerStreamOperations } from "./calls/container-streams.js";
import { containerOperations } from "./calls/containers.js";
import { imageOperations } from "./calls/images.js";
import { networkOperations } from "./calls/networks.js";
import { systemOperations } from "./calls/system.js";

/** Answers of the fake Engine, by operation. */
export const fakeOperations: Readonly<Record<string, FakeOperation>> = {
  ...systemOperations,
  ...imageOperations,
  ...buildOperations,
  ...containerOperations,
  ...containerStreamOperations,
  ...archiveOperations,
  ...networkOperations,
};
