import type { ServerResponse } from "node:http";
import { AbortedError } from "../../../../src/index.js";
import { until } from "../../../helpers/waiting.js";
import { withEngine } from "../scripted-engine.js";

test.each(["a signal", "an error in onProgress"])("%s ends the pull and its connection", async (what) => {
  const forever = (response: ServerResponse) => response.write('{"status":"x"}\n');
  const abort = new AbortController();
  const mistake = new Error("the caller's");
  await withEngine({ "POST /images/create": forever }, async ({ docker: client, underWay }) => {
    const pulling = client.pull("a", {
      signal: abort.signal,
      onProgress: () => {
        if (what === "a signal") abort.abort();
        else throw mistake;
      },
    });
    const error = await pulling.catch((caught) => caught);
    if (what === "a signal") expect(error).toBeInstanceOf(AbortedError);
    else expect(error).toBe(mistake);
    await until("no connection is busy", () => underWay() === 0);
  });
});
