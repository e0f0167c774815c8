import { Readable } from "node:stream";
import { withServer } from "../../helpers/servers.js";

test("a stream whose call fails is destroyed, however little of it was read", () =>
  withServer(
    (_, response) =>
      void response.writeHead(404, { "Api-Version": "1.51" }).end('{"message":"No such container"}'),
    async (docker) => {
      const body = new Readable({ read: () => undefined });
      body.push("a");
      const result = await docker.putContainerArchive("web", body, { path: "/" }).result();
      expect(result.status).toBe(404);
      expect(body.destroyed).toBe(true);
    },
  ));
