import { StreamError } from "../../../src/index.js";
import { withServer } from "../../helpers/servers.js";

const list = '[{"Id":"a","SizeRw":9007199254740993}]';

test.each([
  { how: "with Content-Length", headers: { "Content-Length": String(list.length) } },
  { how: "in chunks", headers: {} },
  { how: "until the connection closes", headers: { Connection: "close" }, isHttp10: true },
])("wide integers of an answer $how are exact", ({ headers, isHttp10 = false }) =>
  withServer(
    (_, response) => {
      response.useChunkedEncodingByDefault = !isHttp10;
      response.writeHead(200, { "Content-Type": "application/json", ...headers });
      response.write(list.slice(0, 20));
      response.end(list.slice(20));
    },
    async (docker) =>
      expect(await docker.containerList()).toEqual(
        JSON.parse(list, (key, value) => (key === "SizeRw" ? 9007199254740993n : value)),
      ),
  ),
);

test("a failure that Podman writes as the body of a 200 is one", () => {
  const failure = { cause: "container is stopped", message: "", response: 500 };
  return withServer(
    (_, response) => response.writeHead(200).end(JSON.stringify(failure)),
    async (docker) =>
      expect(await docker.containerStats("web", { stream: false }).result()).toMatchObject({
        ok: false,
        status: 200,
        error: {
          name: "StreamError",
          message: "ContainerStats failed: container is stopped",
          cause: failure,
        },
      }),
  );
});

test.each([
  { what: "right after its headers", headers: {}, sent: "" },
  {
    what: "right after its headers, until-close",
    headers: { Connection: "close" },
    sent: "",
    isHttp10: true,
  },
  { what: "with a length of 0", headers: { "Content-Length": "0" }, sent: "" },
  { what: "inside its JSON", headers: {}, sent: list.slice(0, 20) },
])("an answer that ends $what is a StreamError", ({ headers, sent, isHttp10 = false }) =>
  withServer(
    (_, response) => {
      response.useChunkedEncodingByDefault = !isHttp10;
      response.writeHead(200, { "Content-Type": "application/json", ...headers });
      response.end(sent);
    },
    async (docker) => {
      const result = await docker.containerList().result();
      expect(result).toMatchObject({ ok: false, status: 200, error: expect.any(StreamError) });
    },
  ),
);
