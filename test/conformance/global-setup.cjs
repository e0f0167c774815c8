const { mkdtempSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** Makes the folder that all engine tests write their exchanges to. */
module.exports = () => {
  process.env.CONFORMANCE_FOLDER = mkdtempSync(join(tmpdir(), "sdk-conformance-"));
};
