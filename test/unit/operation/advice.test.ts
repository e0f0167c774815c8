import { withServer } from "../../helpers/servers.js";

const ADVICE =
  "The server does not have this operation. Podman and older Engines lack some: see docs/engines.md of docker-engine-sdk.";

test.each([
  { status: 404, body: "Not Found\n", says: "Not Found" },
  { status: 405, body: "Method Not Allowed\n", says: "Method Not Allowed" },
  { status: 404, body: '{"message":"page not found"}', says: "page not found" },
  {
    status: 404,
    body: '{"cause":"","message":"Path /v1.44/swarm is not supported","response":0}',
    says: "Path /v1.44/swarm is not supported",
  },
])(
  "an operation that the server lacks is not reported as a missing object: $status $says",
  ({ status, body, says }) =>
    withServer(
      (_, response) => response.writeHead(status).end(body),
      async (docker) => {
        const message = `SwarmInspect failed with status ${status}: ${says}. ${ADVICE}`;
        await expect(docker.swarmInspect()).rejects.toThrow(new Error(message));
      },
    ),
);

test.each([
  { status: 404, body: '{"message":"No such container: Not Found"}' },
  { status: 500, body: "Not Found" },
  { status: 404, body: "<html>Not Found</html>" },
  { status: 404, body: "null" },
])("any other failure has the Engine's message alone: $status $body", ({ status, body }) =>
  withServer(
    (_, response) => response.writeHead(status).end(body),
    async (docker) => {
      await expect(docker.swarmInspect()).rejects.toThrow(expect.objectContaining({ status }));
      await expect(docker.swarmInspect()).rejects.not.toThrow("does not have this operation");
    },
  ),
);
