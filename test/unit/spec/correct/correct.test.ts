import { correct, loadCorrections } from "../../../../scripts/spec/correct/correct.js";
import { smallSwagger, smallWorkspace } from "../small-workspace.js";

test("links every operation to its page of the reference", async () => {
  const { document } = await correct(smallSwagger(), await loadCorrections(smallWorkspace()));
  expect(document.paths?.["/boxes/json"]).toMatchObject({
    get: {
      externalDocs: {
        url: "https://docs.docker.com/reference/api/engine/version/v9.9/#tag/Box/operation/BoxList",
      },
    },
  });
});
