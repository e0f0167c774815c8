import type { ServerResponse } from "node:http";
import { AbortedError, StreamError, type TransferEvent } from "../../../../src/index.js";
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

const lines = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\r\n`).join("");
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

test("a pull of several images asks for all at once, and keeps their order", async () => {
  const held: (() => void)[] = [];
  const answer = (response: ServerResponse, _: string, url: URL) => {
    const tag = url.searchParams.get("tag") ?? "";
    held.unshift(() => response.end(lines({ status: `Digest: ${digest(tag)}` })));
  };
  await withEngine({ "POST /images/create": answer }, async ({ docker: client, calls }) => {
    const seen: TransferEvent[] = [];
    const pulling = client.pull(["x:1", "x:2"], { onProgress: (event) => seen.push(event) });
    await until("both are asked for", () => calls.length === 2);
    for (const go of held) go();
    expect(await pulling).toEqual([
      { name: "x:1", digest: digest("1") },
      { name: "x:2", digest: digest("2") },
    ]);
    expect(new Set(seen.map(({ image }) => image))).toEqual(new Set(["x:1", "x:2"]));
  });
});

test("a pull of several images ends the others when one fails, and throws that failure", async () => {
  const answer = (response: ServerResponse, _: string, url: URL) => {
    if (url.searchParams.get("tag") === "2")
      response.end(lines({ errorDetail: { message: "no such manifest" } }));
    else response.write(lines({ status: "Pulling from x", id: "1" }));
  };
  await withEngine({ "POST /images/create": answer }, async ({ docker: client, underWay }) => {
    const error = await client.pull(["x:1", "x:2", "x:3"]).catch((caught) => caught);
    expect(error).toBeInstanceOf(StreamError);
    expect(error.message).toBe("ImageCreate failed: no such manifest");
    await until("no connection is busy", () => underWay() === 0);
  });
});
