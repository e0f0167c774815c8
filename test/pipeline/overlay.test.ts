import { applyOverlay, readOverlay } from "../../scripts/pipeline/overlay.js";
import { convert } from "../../scripts/pipeline/convert.js";

test("loads", async () => {
  expect(applyOverlay).toBeDefined();
  expect(readOverlay).toBeDefined();
  expect((await convert({ swagger: "2.0", info: { title: "t", version: "1" }, paths: {} })).openapi).toBe("3.1.1");
  expect(typeof (await import("../../scripts/pipeline/generate.js")).correct).toBe("function");
});
